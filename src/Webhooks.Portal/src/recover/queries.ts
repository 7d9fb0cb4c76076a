import { queryOptions } from '@tanstack/react-query';
import { type Api, answerOf, type Schemas } from '../api/client.ts';

/** A webhook's recoveries, newest first; asked for often while one runs. */
export const recoveriesQuery = (api: Api, webhookId: string) =>
  queryOptions({
    queryKey: ['recoveries', webhookId],
    queryFn: ({ signal }) =>
      answerOf(
        api.GET('/api/v1/webhooks/{id}/recoveries', {
          params: { path: { id: webhookId }, query: { limit: 10 } },
          signal,
        }),
      ),
    refetchInterval: ({ state }) => (state.data?.data.some(({ state }) => state === 'running') ? 1_000 : 10_000),
  });

/** What a recovery would redeliver. */
export const preview = (
  api: Api,
  webhookId: string,
  scope: Schemas['CreateRecovery'],
): Promise<Schemas['RecoveryPreview']> =>
  answerOf(
    api.POST('/api/v1/webhooks/{id}/recoveries', {
      params: { path: { id: webhookId } },
      body: { ...scope, dry_run: true },
    }),
  ) as Promise<Schemas['RecoveryPreview']>;

/** Begins a recovery. */
export const begin = (api: Api, webhookId: string, scope: Schemas['CreateRecovery']) =>
  answerOf(api.POST('/api/v1/webhooks/{id}/recoveries', { params: { path: { id: webhookId } }, body: scope }));

/** Holds, continues or ends a recovery. */
export const steer = (api: Api, recovery: Schemas['Recovery'], step: 'pause' | 'resume' | 'cancel') =>
  answerOf(
    api.POST(`/api/v1/webhooks/{id}/recoveries/{recovery_id}/${step}`, {
      params: { path: { id: recovery.webhook_id, recovery_id: recovery.id } },
    }),
  );
