import type { Schemas } from '../api/client.ts';
import type { Tone } from '../ui/Badge.tsx';

type Webhook = Schemas['Webhook'];

/** How a webhook stands, in a word and with why. */
export interface WebhookState {
  name: string;
  tone: Tone;
  why: string;
  /** Until when that lasts by itself, ISO 8601; null when it does not end by itself or nobody knows. */
  until: string | null;
  /** What a person can do about it. */
  remedy: 'enable' | 'test' | null;
}

const disabledBecause: Record<string, string> = {
  manual: 'Somebody deactivated it.',
  gone: 'Its receiver answered 410, which means that it wants nothing more.',
  failing: 'Every attempt failed for days.',
  receiver_request: 'Its receiver asked for it, by the header webhook-delivery: disable.',
};

/** What a webhook is called: its URL, or what is said of one that has none, because its receiver pulls. */
export const nameOf = ({ url, description, id }: Webhook): string => url ?? description ?? `Pulled ${id}`;

/** How a webhook stands at a time, in milliseconds. What stops it comes before what troubles it. */
export function stateOf({ active, disabled_reason, health }: Webhook, now: number): WebhookState {
  if (!active) {
    return {
      name: disabled_reason === 'manual' ? 'Deactivated' : 'Disabled',
      tone: disabled_reason === 'manual' ? 'idle' : 'bad',
      why: disabledBecause[disabled_reason ?? 'manual'] ?? `Because: ${disabled_reason}.`,
      until: null,
      remedy: 'enable',
    };
  }

  if (health.paused_until !== null && Date.parse(health.paused_until) > now) {
    return health.paused_by === 'retry_after'
      ? {
          name: 'Paused',
          tone: 'warn',
          why: 'Its receiver asked for time (429 or 503 with Retry-After).',
          until: health.paused_until,
          remedy: null,
        }
      : {
          name: 'Paused',
          tone: 'warn',
          why: 'Its receiver failed too often in a row, so it is left in peace for a while (the circuit is open).',
          until: health.paused_until,
          remedy: 'test',
        };
  }

  if (health.circuit !== 'closed') {
    return {
      name: 'Being probed',
      tone: 'warn',
      why: 'One attempt finds out whether its receiver answers again; the others wait for that.',
      until: null,
      remedy: 'test',
    };
  }

  switch (health.state) {
    case 'failing':
      return {
        name: 'Failing',
        tone: 'bad',
        why: `The last ${health.consecutive_failures} attempts failed.`,
        until: null,
        remedy: 'test',
      };
    case 'healthy':
      return { name: 'Healthy', tone: 'good', why: 'Its receiver answers.', until: null, remedy: null };
    default:
      return {
        name: 'No success yet',
        tone: 'idle',
        why: 'No attempt has succeeded so far.',
        until: null,
        remedy: 'test',
      };
  }
}

/** When an attempt was last made, as far as health tells; null when none was. */
export function lastAttemptAt({ health }: Webhook): string | null {
  const times = [health.last_success_at, health.last_failure_at].filter((time) => time !== null);
  return times.sort((one, other) => Date.parse(other) - Date.parse(one))[0] ?? null;
}
