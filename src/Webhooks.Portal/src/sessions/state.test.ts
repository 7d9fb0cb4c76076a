import { describe, expect, it } from 'vitest';
import { stateOf } from './state.ts';

const expires_at = '2026-01-31T18:30:00Z';
const expiry = Date.parse(expires_at);

describe('A portal link', () => {
  it('is open until it expires', () => {
    expect(stateOf({ expires_at, revoked_at: null }, expiry - 1).name).toBe('open');
    expect(stateOf({ expires_at, revoked_at: null }, expiry).name).toBe('ended');
  });

  it('that was revoked is that, also after its time', () => {
    expect(stateOf({ expires_at, revoked_at: '2026-01-31T18:00:00Z' }, expiry + 1).name).toBe('revoked');
  });
});
