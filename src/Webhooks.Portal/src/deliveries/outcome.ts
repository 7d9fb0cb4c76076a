import type { Schemas } from '../api/client.ts';
import type { Tone } from '../ui/Badge.tsx';
import { formatCountdown } from '../ui/time.ts';

type Delivery = Schemas['Delivery'] | Schemas['DeliveryDetail'];

const tones: Record<Schemas['DeliveryStatus'], Tone> = {
  pending: 'warn',
  succeeded: 'good',
  failed: 'bad',
  canceled: 'idle',
  skipped: 'idle',
};

export const toneOf = (status: Schemas['DeliveryStatus']): Tone => tones[status];

const waitsFor: Record<string, string> = {
  retry_after: 'its receiver asked for time',
  circuit: 'its receiver failed too often in a row and is left in peace for a while',
  rate_limit: 'its webhook sends no faster than its rate limit',
  concurrency: 'as many requests as its webhook allows are under way',
  order: 'an earlier delivery of the same order is not done',
  recovery: 'a recovery sends it when live events leave room',
  pull: 'its receiver has not fetched it',
};

/** Why a delivery waits and until when, at a time in milliseconds; null when nothing will become of it any more. */
export function waitOf({ status, held, next_attempt_at, attempt_number }: Delivery, now: number): string | null {
  if (status !== 'pending') {
    return null;
  }

  if (held !== null) {
    const reason = `Waits because ${waitsFor[held.by] ?? held.by}`;
    return held.until === null ? `${reason}.` : `${reason}, for ${formatCountdown(held.until, now)}.`;
  }

  if (next_attempt_at === null || Date.parse(next_attempt_at) <= now) {
    return 'Its next attempt is due now, or under way.';
  }

  const why = attempt_number === 0 ? 'its time has not come' : 'the last attempt failed';
  return `The next attempt is in ${formatCountdown(next_attempt_at, now)}, because ${why}.`;
}

/** What came of an attempt or a delivery, in a few words: the status that was answered, or the error. */
export function resultOf({
  response_status,
  error,
}: {
  response_status: number | null;
  error: string | null;
}): string | null {
  const answered = response_status === null ? null : `HTTP ${response_status}`;
  const failed = error === null ? null : error.replaceAll('_', ' ');
  return answered !== null && failed !== null ? `${answered}, ${failed}` : (answered ?? failed);
}
