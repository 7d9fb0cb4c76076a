import { describe, expect, it } from 'vitest';
import type { Schemas } from '../api/client.ts';
import { changesOf, draftOf } from './draft.ts';

const organization = {
  name: 'Acme',
  max_webhooks: null,
  publish_rate: { per_second: 0.5, burst: 10 },
  frame_ancestors: ['https://app.example.com'],
  refresh_url: null,
} as Schemas['Organization'];
const draft = draftOf(organization);

describe('The form of an organization', () => {
  it('sends nothing that is as it was', () => {
    expect(changesOf(draft, draft)).toEqual({});
    expect(changesOf(draft, { ...draft, name: ' Acme Ltd ' })).toEqual({ name: 'Acme Ltd' });
  });

  it('takes away what is emptied', () => {
    expect(changesOf(draft, { ...draft, name: '', perSecond: '', burst: '', frameAncestors: ' \n' })).toEqual({
      name: null,
      publish_rate: null,
      frame_ancestors: [],
    });
  });

  it('sends numbers as numbers, and origins one by one', () => {
    const changed = {
      ...draft,
      maxWebhooks: '20',
      burst: '99',
      frameAncestors: 'https://a.example\n\n https://b.example ',
    };
    expect(changesOf(draft, changed)).toEqual({
      max_webhooks: 20,
      publish_rate: { per_second: 0.5, burst: 99 },
      frame_ancestors: ['https://a.example', 'https://b.example'],
    });
  });
});
