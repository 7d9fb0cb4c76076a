import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { type Api, answerOf, type Schemas } from '../api/client.ts';

/** A page of the organization's API keys, newest first. */
export const keysQuery = (api: Api, cursor: string | undefined, limit = 50) =>
  queryOptions({
    queryKey: ['keys', { cursor, limit }],
    queryFn: ({ signal }) => answerOf(api.GET('/api/v1/api-keys', { params: { query: { cursor, limit } }, signal })),
    placeholderData: keepPreviousData,
    refetchInterval: 30_000,
  });

/** Makes a key, once under each name of a request; the answer is the only one that has the key itself. */
export const createKey = (
  api: Api,
  wanted: Schemas['CreateApiKey'],
  requestKey: string,
): Promise<Schemas['CreatedApiKey']> =>
  answerOf(api.POST('/api/v1/api-keys', { params: { header: { 'Idempotency-Key': requestKey } }, body: wanted }));

/** Ends a key, and what was made with it. */
export const revokeKey = (api: Api, id: string) =>
  answerOf(api.DELETE('/api/v1/api-keys/{key_id}', { params: { path: { key_id: id } } }));
