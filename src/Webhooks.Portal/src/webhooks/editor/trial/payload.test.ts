import { describe, expect, it } from 'vitest';
import { fieldsOf, parsePayload, payloadOf } from './payload.ts';

const event = { id: 'e1', event: 'invoice.paid', timestamp: '2026-01-31T18:30:00.000Z', data: { amount: 5 } };

describe('A payload', () => {
  it('is in either form what webhooks get', () => {
    const receiver = { organizationId: 'o1', webhookId: 'w1' };
    expect(payloadOf(event, receiver, 'standard')).toEqual({
      event: 'invoice.paid',
      timestamp: '2026-01-31T18:30:00.000Z',
      data: { amount: 5 },
      webhook_id: 'w1',
    });
    expect(payloadOf(event, receiver, 'cloudevents')).toEqual({
      specversion: '1.0',
      id: 'e1',
      source: '/organizations/o1',
      type: 'invoice.paid',
      time: '2026-01-31T18:30:00.000Z',
      datacontenttype: 'application/json',
      data: { amount: 5 },
      webhookid: 'w1',
    });
  });

  it('has fields, also those of the elements of lists', () => {
    const payload = { event: 'a', data: { items: [{ sku: 1 }, { sku: 2, note: null }], total: 3 } };
    expect(fieldsOf(payload)).toEqual([
      'event',
      'data',
      'data.items',
      'data.items.sku',
      'data.items.note',
      'data.total',
    ]);
    expect(fieldsOf(null)).toEqual([]);
  });

  it('is an object of JSON', () => {
    expect(parsePayload('{"a":1}')).toEqual({ payload: { a: 1 } });
    expect(parsePayload('[1]')).toEqual({ problem: 'It must be an object, as webhooks get it.' });
    expect(parsePayload('{')).toHaveProperty('problem');
  });
});
