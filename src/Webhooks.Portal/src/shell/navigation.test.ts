import { describe, expect, it } from 'vitest';
import type { Session } from '../api/session.ts';
import { screensFor } from './navigation.ts';

const developer: Session = {
  kind: 'token',
  org_id: '0197a000-0000-7000-8000-000000000001',
  organization_name: null,
  webhook_id: null,
  read_only: false,
  scopes: ['webhooks:read', 'webhooks:write'],
  expires_at: null,
};
const names = (session: Partial<Session>) => screensFor({ ...developer, ...session }).map(({ name }) => name);

describe('The screens', () => {
  it('of an organization are for who may look at it', () => {
    expect(names({})).toContain('Dashboard');
    expect(names({})).not.toContain('Organizations');
    expect(names({ scopes: ['events:publish'] })).toEqual([]);
  });

  it('of a session for one webhook are those that are not of the whole organization', () => {
    expect(names({ webhook_id: '019c' })).toEqual(['Event types']);
  });

  it('of an operator are all, or those of the platform without an organization', () => {
    expect(names({ scopes: ['admin'] })).toEqual([...names({}), 'Organizations']);
    expect(names({ scopes: ['admin'], org_id: null })).toEqual(['Organizations']);
  });
});
