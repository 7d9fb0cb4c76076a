import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { type Api, answerOf, type Schemas } from '../api/client.ts';

/** A page of all organizations, those that are newest first. */
export const organizationsQuery = (api: Api, name: string | undefined, cursor: string | undefined) =>
  queryOptions({
    queryKey: ['organizations', { name, cursor }],
    queryFn: ({ signal }) =>
      answerOf(api.GET('/api/v1/organizations', { params: { query: { name, cursor, limit: 50 } }, signal })),
    placeholderData: keepPreviousData,
    refetchInterval: 30_000,
  });

/** One organization; asked for often while it is erased. */
export const organizationQuery = (api: Api, id: string) =>
  queryOptions({
    queryKey: ['organization', id],
    queryFn: ({ signal }) =>
      answerOf(api.GET('/api/v1/organizations/{org_id}', { params: { path: { org_id: id } }, signal })),
    refetchInterval: ({ state }) => (state.data?.erasure?.state === 'running' ? 1_000 : 30_000),
  });

/** Changes what is given of an organization. */
export const changeOrganization = (api: Api, id: string, changes: Schemas['UpdateOrganization']) =>
  answerOf(api.PATCH('/api/v1/organizations/{org_id}', { params: { path: { org_id: id } }, body: changes }));

/** Begins to erase everything of an organization, for good. */
export const eraseOrganization = (api: Api, id: string) =>
  answerOf(api.DELETE('/api/v1/organizations/{org_id}', { params: { path: { org_id: id } } }));
