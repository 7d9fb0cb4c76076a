import { queryOptions } from '@tanstack/react-query';
import { type Api, answerOf, type Schemas } from '../api/client.ts';

export type SentRequest = Schemas['SentRequest'];

/** The request of an attempt, which does not change any more but for the webhook's secret. */
export const requestQuery = (api: Api, webhookId: string, deliveryId: string, attempt: number) =>
  queryOptions({
    queryKey: ['request', webhookId, deliveryId, attempt],
    queryFn: ({ signal }) =>
      answerOf(
        api.GET('/api/v1/webhooks/{id}/deliveries/{delivery_id}/request', {
          params: { path: { id: webhookId, delivery_id: deliveryId }, query: { attempt } },
          signal,
        }),
      ),
    staleTime: 60_000,
  });

/** The value of a header, whatever the case of its name; empty when there is none. */
export const headerOf = ({ headers }: SentRequest, name: string): string =>
  Object.entries(headers).find(([given]) => given.toLowerCase() === name.toLowerCase())?.[1] ?? '';

/** Stands for a value that the API does not show. */
export const mask = '********';

/** The names of headers whose values are not shown. */
export const maskedNames = ({ headers }: SentRequest): string[] =>
  Object.entries(headers)
    .filter(([, value]) => value === mask)
    .map(([name]) => name);
