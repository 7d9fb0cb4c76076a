import { describe, expect, it } from 'vitest';
import { actionOf, nameIn, placeOf, sentenceOf, wordsOf } from './entry.ts';

const webhook_id = '019c';

describe('An entry of the audit', () => {
  it('leads to what was changed, as long as that is there', () => {
    const resource = { kind: 'webhook', id: webhook_id };
    expect(placeOf({ action: 'webhook.updated', resource, webhook_id })).toBe('/webhooks/019c');
    expect(placeOf({ action: 'webhook.deleted', resource, webhook_id })).toBeNull();
  });

  it('leads to a delivery by its webhook', () => {
    const resource = { kind: 'delivery', id: '42' };
    expect(placeOf({ action: 'delivery.redacted', resource, webhook_id })).toBe('/webhooks/019c/deliveries/42');
  });

  it('calls what is gone by the name that it had', () => {
    const url = { field: 'url', before: 'https://example.com', after: null };
    expect(nameIn({ action: 'webhook.deleted', changes: [url] })).toBe('https://example.com');
    expect(nameIn({ action: 'webhook.updated', changes: [url] })).toBeNull();
    const name = { field: 'name', before: null, after: 'Billing' };
    expect(nameIn({ action: 'api_key.created', changes: [name] })).toBe('Billing');
  });

  it('of a kind that is newer than the portal keeps its name', () => {
    expect(sentenceOf({ action: 'webhook.painted' })).toBe('webhook.painted');
    expect(actionOf('webhook.painted')).toBeUndefined();
  });

  it('shows values as people write them', () => {
    expect(wordsOf(null)).toBe('nothing');
    expect(wordsOf(['invoice.*', 'user.*'])).toBe('invoice.*, user.*');
    expect(wordsOf([])).toBe('none');
    expect(wordsOf('https://example.com')).toBe('https://example.com');
    expect(wordsOf(false)).toBe('false');
    expect(wordsOf({ team: 'a' })).toBe('{\n  "team": "a"\n}');
  });
});
