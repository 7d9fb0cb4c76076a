import { describe, expect, it } from 'vitest';
import { baseOf, organizationIn, placeOf } from './places.ts';

const id = '0197a000-0000-7000-8000-000000000001';
const base = import.meta.env.BASE_URL.replace(/\/$/, '');

describe('The address of an organization', () => {
  it('names it before everything else', () => {
    expect(organizationIn(`${base}/organization/${id}/webhooks`)).toBe(id);
    expect(organizationIn(baseOf(id))).toBe(id);
    expect(placeOf(id, '/events')).toBe(`~${base}/organization/${id}/events`);
  });

  it.each(['/webhooks', '/organizations', `/organizations/${id}`, '/organization/x', `/organization/${id}0`, '/'])(
    'is not %s',
    (path) => {
      expect(organizationIn(base + path)).toBeUndefined();
    },
  );
});
