import { describe, expect, it } from 'vitest';
import type { Schemas } from '../api/client.ts';
import { missedSince } from './missed.ts';

const now = Date.parse('2026-11-27T08:30:00Z');

const webhook = (disabled_at: string | null, failing_since: string | null) =>
  ({ disabled_at, health: { failing_since } }) as Schemas['Webhook'];

describe('What a webhook has missed', () => {
  it.each([
    ['2026-11-27T08:10:30Z', null, '2026-11-27T08:09:00.000Z'],
    ['2026-11-27T08:10:30Z', '2026-11-22T08:10:30Z', '2026-11-22T08:09:00.000Z'],
    [null, null, '2026-11-27T08:29:00.000Z'],
  ])('began when it was disabled (%s) or failed (%s)', (disabledAt, failingSince, from) => {
    expect(missedSince(webhook(disabledAt, failingSince), now)).toBe(from);
  });
});
