import { useQueryClient } from '@tanstack/react-query';
import { answerOf } from '../api/client.ts';
import { useApi } from '../shell/context.ts';

/** Activates or deactivates a webhook, unless it is no longer as its tag says. */
export function useSetActive() {
  const api = useApi();
  const queries = useQueryClient();
  return async (webhookId: string, tag: string | undefined, active: boolean) => {
    await answerOf(
      api.PATCH('/api/v1/webhooks/{id}', {
        params: { path: { id: webhookId }, header: tag === undefined ? {} : { 'If-Match': tag } },
        body: { active },
      }),
    );
    await queries.invalidateQueries();
  };
}
