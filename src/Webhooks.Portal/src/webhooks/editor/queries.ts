import { queryOptions } from '@tanstack/react-query';
import { type Api, answerOf } from '../../api/client.ts';

/** Every event type that is offered. */
export const catalogQuery = (api: Api) =>
  queryOptions({
    queryKey: ['available events'],
    queryFn: ({ signal }) => answerOf(api.GET('/api/v1/webhooks/events/available', { signal })),
    staleTime: 60_000,
  });

/** The event types that are no longer offered, which webhooks may still have. */
export const archivedQuery = (api: Api) =>
  queryOptions({
    queryKey: ['archived event types'],
    queryFn: ({ signal }) =>
      answerOf(api.GET('/api/v1/event-types', { params: { query: { archived: true } }, signal })),
    select: ({ data }) => data.map(({ name }) => name),
    staleTime: 60_000,
  });
