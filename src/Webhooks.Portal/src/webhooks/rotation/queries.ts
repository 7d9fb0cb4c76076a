import { queryOptions } from '@tanstack/react-query';
import { type Api, answerOf, type Schemas } from '../../api/client.ts';
import type { LastChanges } from './phase.ts';

/** When a webhook's secret was last rotated and promoted: the audit knows, the webhook does not say. */
export const lastChangesQuery = (api: Api, webhookId: string) =>
  queryOptions({
    queryKey: ['last changes of the secret', webhookId],
    queryFn: async ({ signal }): Promise<LastChanges> => {
      const lastOf = async (action: 'secret.rotated' | 'secret.promoted') => {
        const query = { webhook_id: webhookId, action, limit: 1 };
        return (await answerOf(api.GET('/api/v1/audit', { params: { query }, signal }))).data[0]?.at;
      };
      const [rotatedAt, promotedAt] = await Promise.all([lastOf('secret.rotated'), lastOf('secret.promoted')]);
      return { rotatedAt, promotedAt };
    },
    refetchInterval: 10_000,
  });

/** Gives a webhook a new secret. */
export const rotate = (api: Api, webhookId: string, body: Schemas['RotateSecret'], key: string) =>
  answerOf(
    api.POST('/api/v1/webhooks/{id}/secret/rotate', {
      params: { path: { id: webhookId }, header: { 'Idempotency-Key': key } },
      body,
    }),
  );

/** Makes the header that has one signature with the new secret. */
export const promote = (api: Api, webhookId: string) =>
  answerOf(api.POST('/api/v1/webhooks/{id}/secret/promote', { params: { path: { id: webhookId } } }));

/** Erases the old secret. */
export const endOverlap = (api: Api, webhookId: string) =>
  answerOf(api.DELETE('/api/v1/webhooks/{id}/secret/previous', { params: { path: { id: webhookId } } }));
