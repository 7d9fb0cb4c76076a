import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { type Api, answerOf, answerWithTag } from '../api/client.ts';

interface WebhookFilters {
  url?: string;
  event?: string;
  active?: string;
}

/** A page of the webhooks. */
export const webhooksQuery = (api: Api, { url, event, active }: WebhookFilters, cursor: string | undefined) =>
  queryOptions({
    queryKey: ['webhooks', { url, event, active, cursor }],
    queryFn: ({ signal }) =>
      answerOf(
        api.GET('/api/v1/webhooks', {
          params: {
            query: { url, event, cursor, limit: 50, active: active === undefined ? undefined : active === 'true' },
          },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
    refetchInterval: 10_000,
  });

/** One webhook, with the tag that a change of it names. */
export const webhookQuery = (api: Api, id: string) =>
  queryOptions({
    queryKey: ['webhook', id],
    queryFn: ({ signal }) => answerWithTag(api.GET('/api/v1/webhooks/{id}', { params: { path: { id } }, signal })),
    refetchInterval: 5_000,
  });

const day = 24 * 3600 * 1000;

/** What became of the last day's deliveries of some webhooks, by hour: one request for all of a page. */
export const lastDayQuery = (api: Api, ids: readonly string[]) =>
  queryOptions({
    queryKey: ['last day', ids],
    queryFn: ({ signal }) =>
      answerOf(
        api.GET('/api/v1/stats', {
          params: {
            query: {
              from: new Date(Date.now() - day).toISOString(),
              interval: 'hour',
              group_by: 'webhook',
              webhook_ids: ids.join(','),
            },
          },
          signal,
        }),
      ),
    enabled: ids.length > 0,
    placeholderData: keepPreviousData,
    refetchInterval: 30_000,
  });
