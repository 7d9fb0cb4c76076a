import { describe, expect, it } from 'vitest';
import { meaningOf, scopesToGive } from './scopes.ts';

describe('A key', () => {
  it('is given no more than its maker may do', () => {
    expect(scopesToGive({ scopes: ['webhooks:write', 'webhooks:read'] })).toEqual(['webhooks:read', 'webhooks:write']);
  });

  it('may be given everything by an operator', () => {
    expect(scopesToGive({ scopes: ['admin'] })).toContain('events:publish:any');
  });

  it('with a scope that is newer than the portal says its name', () => {
    expect(meaningOf('webhooks:dream')).toBe('webhooks:dream');
  });
});
