import { queryOptions } from '@tanstack/react-query';
import { type Api, answerOf, type Schemas } from '../api/client.ts';
import { type PageQuery, pageSize } from '../ui/endless.ts';

export const statuses = ['pending', 'succeeded', 'failed', 'canceled', 'skipped'] as const satisfies readonly Status[];

/** The same for a filter: values with their names. */
export const statusChoices = statuses.map((status) => [status, status] as const);

type Status = Schemas['DeliveryStatus'];

interface DeliveryFilters {
  status?: string;
  event?: string;
}

/** A page of a webhook's deliveries, newest first. */
export const deliveriesQuery = (
  api: Api,
  webhookId: string,
  { status, event }: DeliveryFilters,
  cursor: string,
): PageQuery<Schemas['Delivery']> => ({
  queryKey: ['deliveries', webhookId, { status, event, cursor }],
  queryFn: ({ signal }) =>
    answerOf(
      api.GET('/api/v1/webhooks/{id}/deliveries', {
        params: {
          path: { id: webhookId },
          query: { status: statuses.find((known) => known === status), event, cursor, limit: pageSize },
        },
        signal,
      }),
    ),
});

/** One delivery with its payload and attempts; asked for again as long as something can still become of it. */
export const deliveryQuery = (api: Api, webhookId: string, deliveryId: string) =>
  queryOptions({
    queryKey: ['delivery', webhookId, deliveryId],
    queryFn: ({ signal }) =>
      answerOf(
        api.GET('/api/v1/webhooks/{id}/deliveries/{delivery_id}', {
          params: { path: { id: webhookId, delivery_id: deliveryId } },
          signal,
        }),
      ),
    refetchInterval: ({ state }) => (state.data?.status === 'pending' ? 2_000 : 30_000),
  });
