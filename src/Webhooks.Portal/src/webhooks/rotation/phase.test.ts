import { expect, it } from 'vitest';
import { phaseOf } from './phase.ts';

const now = Date.parse('2026-01-31T18:30:00Z');
const running = { previous_secret_expires_at: '2026-02-01T18:00:00Z' };
const at = (rotatedAt?: string, promotedAt?: string) => ({ rotatedAt, promotedAt });

it('A rotation has both secrets sign until the new one is promoted, and the new one alone at its end', () => {
  expect(phaseOf({ previous_secret_expires_at: null }, at(), now)).toBe('single');
  expect(phaseOf(running, at('2026-01-31T18:00:00Z'), now)).toBe('both');
  expect(phaseOf(running, at('2026-01-31T18:00:00Z', '2026-01-31T18:10:00Z'), now)).toBe('promoted');
  expect(phaseOf(running, at('2026-01-31T18:00:00Z'), Date.parse('2026-02-01T18:00:00Z'))).toBe('single');
});

it('A promotion of an earlier rotation says nothing of this one', () => {
  expect(phaseOf(running, at('2026-01-31T18:00:00Z', '2026-01-20T18:00:00Z'), now)).toBe('both');
});
