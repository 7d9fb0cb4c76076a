import { queryOptions } from '@tanstack/react-query';
import { type Api, answerOf, type Schemas } from '../api/client.ts';

/** All event types, in one answer. */
export const eventTypesQuery = (api: Api) =>
  queryOptions({
    queryKey: ['event types'],
    queryFn: ({ signal }) => answerOf(api.GET('/api/v1/event-types', { signal })),
    staleTime: 30_000,
  });

/** One event type. */
export const eventTypeQuery = (api: Api, name: string) =>
  queryOptions({
    queryKey: ['event types', name],
    queryFn: ({ signal }) => answerOf(api.GET('/api/v1/event-types/{name}', { params: { path: { name } }, signal })),
  });

/** Makes an event type. */
export const createEventType = (api: Api, wanted: Schemas['CreateEventType']) =>
  answerOf(api.POST('/api/v1/event-types', { body: wanted }));

/** Changes what is given of an event type. */
export const changeEventType = (api: Api, name: string, changes: Schemas['UpdateEventType']) =>
  answerOf(api.PATCH('/api/v1/event-types/{name}', { params: { path: { name } }, body: changes }));

/** Deletes an event type. */
export const deleteEventType = (api: Api, name: string) =>
  answerOf(api.DELETE('/api/v1/event-types/{name}', { params: { path: { name } } }));

/** Makes and changes the event types of a document. */
export const importEventTypes = (api: Api, document: Record<string, unknown>): Promise<Schemas['ImportedEventTypes']> =>
  answerOf(api.POST('/api/v1/event-types/import', { body: document as Schemas['ImportEventTypes'] }));
