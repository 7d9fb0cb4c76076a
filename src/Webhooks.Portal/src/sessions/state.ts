import type { Schemas } from '../api/client.ts';
import type { Tone } from '../ui/Badge.tsx';

type Session = Pick<Schemas['PortalSession'], 'expires_at' | 'revoked_at'>;

/** How a portal link stands at a time, in milliseconds. */
export function stateOf({ expires_at, revoked_at }: Session, now: number): { name: string; tone: Tone } {
  if (revoked_at !== null) {
    return { name: 'revoked', tone: 'idle' };
  }

  return Date.parse(expires_at) <= now ? { name: 'ended', tone: 'idle' } : { name: 'open', tone: 'good' };
}
