import { describe, expect, it } from 'vitest';
import type { Schemas } from '../api/client.ts';
import { matches } from './search.ts';

const webhook = { id: '019c', url: 'https://Example.com/hook', description: 'Billing' } as Schemas['Webhook'];

describe('A webhook', () => {
  it.each(['', 'example.COM', 'billing', '019c'])('is found by its URL, description or id: %s', (text) => {
    expect(matches(webhook, text)).toBe(true);
  });

  it('is not found by what it does not have', () => {
    expect(matches(webhook, 'crm')).toBe(false);
    expect(matches({ ...webhook, url: null, description: null }, 'hook')).toBe(false);
  });
});
