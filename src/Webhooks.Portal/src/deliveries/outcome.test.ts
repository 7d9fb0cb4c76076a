import { describe, expect, it } from 'vitest';
import type { Schemas } from '../api/client.ts';
import { resultOf, waitOf } from './outcome.ts';

const now = Date.parse('2026-11-27T06:00:00Z');

const pending = (parts: Partial<Schemas['Delivery']>) =>
  ({ status: 'pending', held: null, next_attempt_at: null, attempt_number: 0, ...parts }) as Schemas['Delivery'];

describe('Why a delivery waits', () => {
  it('counts down to the next attempt after a failure', () => {
    const delivery = pending({ next_attempt_at: '2026-11-27T06:01:05Z', attempt_number: 2 });
    expect(waitOf(delivery, now)).toBe('The next attempt is in 1 min 05 s, because the last attempt failed.');
  });

  it('names what holds it, and until when', () => {
    const delivery = pending({ held: { by: 'circuit', until: '2026-11-27T06:00:30Z' } });
    expect(waitOf(delivery, now)).toBe(
      'Waits because its receiver failed too often in a row and is left in peace for a while, for 30 s.',
    );
  });

  it('does not hide a reason that this page does not know', () => {
    const held = { by: 'the_moon', until: null } as unknown as Schemas['Hold'];
    expect(waitOf(pending({ held }), now)).toBe('Waits because the_moon.');
  });

  it('is nothing once the delivery has ended', () => {
    expect(waitOf(pending({ status: 'failed', next_attempt_at: null }), now)).toBeNull();
  });
});

describe('What came of an attempt', () => {
  it.each([
    [200, null, 'HTTP 200'],
    [null, 'connection_refused', 'connection refused'],
    [500, 'aborted_by_receiver', 'HTTP 500, aborted by receiver'],
    [null, null, null],
  ])('%s and %s are %s', (response_status, error, text) => {
    expect(resultOf({ response_status, error })).toBe(text);
  });
});
