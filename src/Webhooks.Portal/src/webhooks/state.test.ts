import { describe, expect, it } from 'vitest';
import type { Schemas } from '../api/client.ts';
import { lastAttemptAt, stateOf } from './state.ts';

const now = Date.parse('2026-01-31T18:30:00Z');
const healthy: Schemas['WebhookHealth'] = {
  state: 'healthy',
  consecutive_failures: 0,
  failing_since: null,
  last_success_at: '2026-01-31T18:29:00Z',
  last_failure_at: null,
  circuit: 'closed',
  paused_until: null,
  paused_by: null,
};

function webhook(changes: Partial<Schemas['Webhook']>, health: Partial<Schemas['WebhookHealth']> = {}) {
  return { active: true, disabled_reason: null, ...changes, health: { ...healthy, ...health } } as Schemas['Webhook'];
}

describe('A webhook', () => {
  it('that is not active says why, whatever its health is', () => {
    const state = stateOf(webhook({ active: false, disabled_reason: 'gone' }, { circuit: 'open' }), now);
    expect(state).toMatchObject({ name: 'Disabled', tone: 'bad', remedy: 'enable' });
    expect(state.why).toContain('410');
  });

  it('is paused until its time has come', () => {
    const health = { circuit: 'open', paused_until: '2026-01-31T18:31:00Z', paused_by: 'circuit' };
    expect(stateOf(webhook({}, health), now)).toMatchObject({
      name: 'Paused',
      remedy: 'test',
      until: health.paused_until,
    });
    expect(stateOf(webhook({}, health), now + 61_000)).toMatchObject({ name: 'Being probed', until: null });
  });

  it('whose receiver asked for time is paused by that', () => {
    const health = { paused_until: '2026-01-31T18:31:00Z', paused_by: 'retry_after' };
    expect(stateOf(webhook({}, health), now).why).toContain('Retry-After');
  });

  it('fails, is healthy or has no success yet', () => {
    expect(stateOf(webhook({}, { state: 'failing', consecutive_failures: 4 }), now).why).toContain('4');
    expect(stateOf(webhook({}), now).tone).toBe('good');
    expect(stateOf(webhook({}, { state: 'unknown' }), now).name).toBe('No success yet');
  });

  it('had its last attempt when it last succeeded or failed, whichever was later', () => {
    expect(lastAttemptAt(webhook({}, { last_failure_at: '2026-01-31T18:29:30.5Z' }))).toBe('2026-01-31T18:29:30.5Z');
    expect(lastAttemptAt(webhook({}, { last_success_at: null }))).toBeNull();
  });
});
