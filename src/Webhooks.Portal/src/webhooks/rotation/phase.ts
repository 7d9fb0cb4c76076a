import type { Schemas } from '../../api/client.ts';

/** Where a webhook is between its old secret and its new one. */
export type Phase = 'single' | 'both' | 'promoted';

/** The phases of a rotation in their order, with what each signature header is made with. */
export const phases = [
  { phase: 'single', name: 'Before', all: 'the old secret', one: 'the old secret', next: null },
  {
    phase: 'both',
    name: 'Both sign',
    all: 'the new and the old secret',
    one: 'the old secret',
    next: 'the new secret',
  },
  { phase: 'promoted', name: 'Promoted', all: 'the new and the old secret', one: 'the new secret', next: null },
  { phase: 'ended', name: 'Afterwards', all: 'the new secret', one: 'the new secret', next: null },
] as const;

/** What is known of a webhook's last rotation beside the webhook itself. */
export interface LastChanges {
  rotatedAt: string | undefined;
  promotedAt: string | undefined;
}

/** The phase that a webhook is in at a time, in milliseconds. */
export function phaseOf(
  { previous_secret_expires_at: until }: Pick<Schemas['Webhook'], 'previous_secret_expires_at'>,
  { rotatedAt, promotedAt }: LastChanges,
  now: number,
): Phase {
  if (until === null || Date.parse(until) <= now) {
    return 'single';
  }

  return promotedAt !== undefined && (rotatedAt === undefined || Date.parse(promotedAt) > Date.parse(rotatedAt))
    ? 'promoted'
    : 'both';
}
