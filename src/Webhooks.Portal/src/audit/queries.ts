import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { type Api, answerOf, organizationHeader } from '../api/client.ts';
import { actionOf } from './entry.ts';

interface AuditFilters {
  webhook?: string;
  actor?: string;
  action?: string;
  from?: string;
  to?: string;
}

/** What stands for what belongs to no organization: the event catalog. */
const installation = '00000000-0000-0000-0000-000000000000';

/** A page of who changed what, newest first: in the organization, or in the catalog of all organizations. */
export const auditQuery = (
  api: Api,
  { webhook, actor, action, from, to }: AuditFilters,
  isOfCatalog: boolean,
  cursor: string | undefined,
) =>
  queryOptions({
    queryKey: ['audit', { webhook, actor, action, from, to, isOfCatalog, cursor }],
    queryFn: ({ signal }) =>
      answerOf(
        api.GET('/api/v1/audit', {
          params: {
            query: { webhook_id: webhook, actor, action: actionOf(action), from, to, cursor, limit: 50 },
            header: isOfCatalog ? { [organizationHeader]: installation } : {},
          },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
    refetchInterval: 15_000,
  });
