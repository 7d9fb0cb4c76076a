import { expect, it } from 'vitest';
import { RequestKeys } from './RequestKeys.ts';

it('The same request has the same key, another has another', () => {
  const keys = new RequestKeys();
  const first = keys.for({ url: 'https://example.com', events: ['*'] });
  expect(first).toMatch(/^[0-9a-f]{32}$/);
  expect(keys.for({ url: 'https://example.com', events: ['*'] })).toBe(first);
  expect(keys.for({ url: 'https://example.org', events: ['*'] })).not.toBe(first);
  expect(new RequestKeys().for({ url: 'https://example.com', events: ['*'] })).not.toBe(first);
});
