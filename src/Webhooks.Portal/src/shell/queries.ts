import { QueryClient, queryOptions } from '@tanstack/react-query';
import { type Access, linkAccess } from '../api/access.ts';
import { ApiProblem } from '../api/problem.ts';
import { readSession } from '../api/session.ts';
import { readSettings } from '../api/settings.ts';
import type { Entry } from './entry.ts';

export function createQueries(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // The server refuses for a reason; only what did not reach it is worth another try, and once.
        retry: (failures, error) => failures < 1 && !(error instanceof ApiProblem && error.status < 500),
        retryDelay: 1000,
        staleTime: 2000,
        // That the browser takes itself for offline does not mean that a server on the same machine is gone.
        networkMode: 'always',
      },
      mutations: { networkMode: 'always' },
    },
  });
}

/** What the installation tells its portal. */
export const settingsQuery = ({ sessionId }: Entry) =>
  queryOptions({ queryKey: ['settings'], queryFn: () => readSettings(sessionId), staleTime: Infinity });

/** Who looks, and at which organization. */
export const sessionQuery = (base: string, { token }: Access, organization: string | undefined) =>
  queryOptions({
    queryKey: ['session', organization],
    queryFn: async () => readSession(base, await token(), organization),
    staleTime: Infinity,
  });

/** Asks for what has to be known before a screen, while nothing is drawn yet. What fails is asked for again where it is shown. */
export async function askAhead(queries: QueryClient, entry: Entry, organization: string | undefined): Promise<void> {
  await queries.prefetchQuery(settingsQuery(entry));
  const settings = queries.getQueryData(settingsQuery(entry).queryKey);
  if (settings !== undefined && entry.token !== undefined) {
    await queries.prefetchQuery(sessionQuery(settings.api, linkAccess(entry.token), organization));
  }
}
