import { describe, expect, it } from 'vitest';
import type { Schemas } from '../../api/client.ts';
import { changesOf, conflictsOf } from './changes.ts';
import { draftOf, emptyDraft, fieldsOf, problemsOf } from './draft.ts';
import { newPair } from './pairs.ts';

const webhook = {
  mode: 'push',
  url: 'https://example.com/hook',
  events: ['invoice.paid'],
  active: true,
  description: 'Billing',
  retry_delays: [60, 300],
  timeout_seconds: 7,
  keep_skipped: false,
  payload_format: 'cloudevents',
  headers: { 'X-Api-Key': '********' },
  metadata: { team: 'billing' },
  filter: { data: { amount: { $gte: 100 } } },
  transform: 'function handler(webhook) { return webhook; }',
} as unknown as Schemas['Webhook'];
const draft = draftOf(webhook);

describe('A draft', () => {
  it('stands for the webhook that it was made of, but for headers, which are not shown', () => {
    const { headers, active, ...rest } = webhook;
    expect(fieldsOf(draft)).toEqual(rest);
    expect(changesOf(draft, webhook)).toEqual({});
  });

  it('of a new webhook leaves to the system what it does not say', () => {
    const fields = fieldsOf({ ...emptyDraft, url: ' https://example.com ', events: ['*'] });
    expect(fields).toMatchObject({ url: 'https://example.com', description: null, retry_delays: null, headers: null });
    expect(fieldsOf({ ...emptyDraft, mode: 'pull', url: 'left over' })).not.toHaveProperty('url');
  });

  it('changes what is changed in it, and nothing else', () => {
    expect(changesOf({ ...draft, description: '', hasOwnDelays: false }, webhook)).toEqual({
      description: null,
      retry_delays: null,
    });
    expect(changesOf({ ...draft, mode: 'pull' }, webhook)).toEqual({ mode: 'pull' });
    expect(changesOf({ ...draft, metadata: [] }, webhook)).toEqual({ metadata: null });
    expect(changesOf({ ...draft, filter: { json: '' }, transform: ' ' }, webhook)).toEqual({
      filter: null,
      transform: null,
    });
    expect(changesOf({ ...draft, filter: { json: '{"data":{"amount":{"$gte":100}}}' } }, webhook)).toEqual({});
  });

  it('gives all headers, or none', () => {
    expect(changesOf({ ...draft, headers: [newPair('X-Api-Key', 'new')] }, webhook)).toEqual({
      headers: { 'X-Api-Key': 'new' },
    });
    expect(changesOf({ ...draft, headers: [newPair()] }, webhook)).toEqual({ headers: null });
  });

  it('knows what it cannot say', () => {
    const pairs = [newPair('a', '1'), newPair('a', '2'), newPair('', '3')];
    expect(
      Object.keys(
        problemsOf({ ...draft, delays: 'soon', timeout: '1.5', metadata: pairs, filter: { json: '{' } }),
      ).sort(),
    ).toEqual(['filter', 'metadata.', 'metadata.a', 'retry_delays', 'timeout_seconds']);
    expect(problemsOf({ ...draft, hasOwnDelays: false, delays: 'soon' })).toEqual({});
  });

  it('tells what somebody else has changed, and whether it changes that, too', () => {
    const current = { ...webhook, description: 'Theirs', timeout_seconds: null, active: false };
    expect(conflictsOf({ ...draft, description: 'Mine' }, webhook, current)).toEqual([
      { field: 'description', theirs: 'Theirs', mine: 'Mine' },
      { field: 'timeout_seconds', theirs: null, mine: undefined },
      { field: 'active', theirs: false, mine: undefined },
    ]);
    expect(conflictsOf(draft, webhook, webhook)).toEqual([]);
  });
});
