import { queryOptions, useQuery } from '@tanstack/react-query';
import { type Api, answerOf } from '../api/client.ts';
import { useApi } from '../shell/context.ts';
import { nameOf } from './state.ts';

/** The newest webhooks, as many as the API lists at once. */
export const newestWebhooksQuery = (api: Api) =>
  queryOptions({
    queryKey: ['webhooks', 'newest'],
    queryFn: ({ signal }) => answerOf(api.GET('/api/v1/webhooks', { params: { query: { limit: 100 } }, signal })),
    staleTime: 30_000,
  });

/** What webhooks are called, by id, in one request for all of a list; an older or deleted one by its id. */
export function useWebhookName(): (id: string) => string {
  const newest = useQuery(newestWebhooksQuery(useApi()));
  return (id) => {
    const webhook = newest.data?.data.find((known) => known.id === id);
    return webhook === undefined ? id : nameOf(webhook);
  };
}
