import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { type Api, answerOf, type Schemas } from '../api/client.ts';

/** A page of the organization's portal links, newest first. */
export const sessionsQuery = (api: Api, cursor: string | undefined) =>
  queryOptions({
    queryKey: ['sessions', { cursor }],
    queryFn: ({ signal }) =>
      answerOf(api.GET('/api/v1/portal/sessions', { params: { query: { cursor, limit: 50 } }, signal })),
    placeholderData: keepPreviousData,
    refetchInterval: 30_000,
  });

/** Makes a link; the answer is the only one that has it. */
export const createSession = (
  api: Api,
  wanted: Schemas['CreatePortalSession'],
): Promise<Schemas['CreatedPortalSession']> => answerOf(api.POST('/api/v1/portal/sessions', { body: wanted }));

/** Ends a link before its time. */
export const revokeSession = (api: Api, id: string) =>
  answerOf(api.DELETE('/api/v1/portal/sessions/{session_id}', { params: { path: { session_id: id } } }));
