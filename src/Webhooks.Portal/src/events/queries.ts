import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { type Api, answerOf } from '../api/client.ts';
import { statuses } from '../deliveries/queries.ts';

interface EventFilters {
  status?: string;
  event?: string;
}

/** A page of the organization's events with what became of each, newest first. */
export const eventsQuery = (api: Api, { status, event }: EventFilters, cursor: string | undefined) =>
  queryOptions({
    queryKey: ['events', { status, event, cursor }],
    queryFn: ({ signal }) =>
      answerOf(
        api.GET('/api/v1/events', {
          params: { query: { status: statuses.find((known) => known === status), event, cursor, limit: 50 } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
    refetchInterval: 5_000,
  });

/** One event with its data. */
export const eventQuery = (api: Api, id: string) =>
  queryOptions({
    queryKey: ['event', id],
    queryFn: ({ signal }) =>
      answerOf(api.GET('/api/v1/events/{event_id}', { params: { path: { event_id: id } }, signal })),
  });

/** Why an event did or did not reach a webhook. */
export const explanationQuery = (api: Api, webhookId: string, eventId: string) =>
  queryOptions({
    queryKey: ['explanation', webhookId, eventId],
    queryFn: ({ signal }) =>
      answerOf(
        api.GET('/api/v1/webhooks/{id}/explain', {
          params: { path: { id: webhookId }, query: { event_id: eventId } },
          signal,
        }),
      ),
    refetchInterval: ({ state }) => (state.data?.reason === 'pending' ? 3_000 : false),
  });
