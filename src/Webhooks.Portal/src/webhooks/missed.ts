import { queryOptions } from '@tanstack/react-query';
import type { Api, Schemas } from '../api/client.ts';
import { preview } from '../recover/queries.ts';

const minute = 60_000;

/**
 * From when on a webhook that is not active has missed events, ISO 8601: since it failed or was disabled. A minute before that, because the
 * delivery that it failed with came a moment earlier.
 */
export function missedSince({ disabled_at, health }: Schemas['Webhook'], now: number): string {
  const times = [disabled_at, health.failing_since].filter((time) => time !== null).map((time) => Date.parse(time));
  return new Date(Math.floor(Math.min(now, ...times) / minute) * minute - minute).toISOString();
}

/** How many deliveries a webhook has missed since a time; counted once. */
export const missedQuery = (api: Api, webhookId: string, from: string) =>
  queryOptions({
    queryKey: ['missed', webhookId, from],
    queryFn: () =>
      preview(api, webhookId, {
        from,
        to: new Date().toISOString(),
        statuses: ['failed', 'skipped', 'canceled'],
      }),
    staleTime: Infinity,
  });
