import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import { type ReactNode, useMemo, useState } from 'react';
import { createApi } from '../api/client.ts';
import { ApiProblem } from '../api/problem.ts';
import { readSession } from '../api/session.ts';
import { readSettings, type Settings } from '../api/settings.ts';
import { Failure, Loading } from '../ui/States.tsx';
import { PortalContext } from './context.ts';
import type { Entry } from './entry.ts';
import { OutsidePage, RefreshLink } from './OutsidePage.tsx';
import { Shell } from './Shell.tsx';

/** The whole portal: who looks, then what they see. */
export function Portal({ entry }: { entry: Entry }) {
  const [queries] = useState(createQueries);
  return (
    <QueryClientProvider client={queries}>
      <Configured entry={entry} />
    </QueryClientProvider>
  );
}

function Configured({ entry }: { entry: Entry }) {
  const settings = useQuery({
    queryKey: ['settings'],
    queryFn: () => readSettings(entry.sessionId),
    staleTime: Infinity,
  });
  if (settings.data === undefined) {
    return settings.isError ? (
      <Outside>
        <Failure error={settings.error} onRetry={() => void settings.refetch()} />
      </Outside>
    ) : (
      <Outside>
        <Loading what="the portal" />
      </Outside>
    );
  }

  if (entry.token === undefined) {
    return (
      <OutsidePage title="Open the portal with a link">
        <p>For safety this page keeps your access only while it is open, and nothing of it is left after a reload.</p>
        <RefreshLink url={settings.data.refresh_url} />
      </OutsidePage>
    );
  }

  return <Authenticated settings={settings.data} token={entry.token} />;
}

function Authenticated({ settings, token }: { settings: Settings; token: string }) {
  const [isExpired, setExpired] = useState(false);
  const api = useMemo(
    () =>
      createApi({ base: settings.api, token, organization: () => undefined, onUnauthorized: () => setExpired(true) }),
    [settings.api, token],
  );
  const session = useQuery({
    queryKey: ['session'],
    queryFn: () => readSession(settings.api, token),
    staleTime: Infinity,
  });
  const portal = useMemo(
    () => (session.data === undefined ? null : { api, settings, session: session.data }),
    [api, settings, session.data],
  );

  if (isExpired || (session.error instanceof ApiProblem && session.error.status === 401)) {
    return (
      <OutsidePage title="Your access has ended">
        <p>
          The link that you opened this page with has expired, or it was revoked. What you saw is safe; a new link
          brings you back.
        </p>
        <RefreshLink url={settings.refresh_url} />
      </OutsidePage>
    );
  }

  if (portal === null) {
    return (
      <Outside>
        {session.isError ? (
          <Failure error={session.error} onRetry={() => void session.refetch()} />
        ) : (
          <Loading what="the portal" />
        )}
      </Outside>
    );
  }

  return (
    <PortalContext value={portal}>
      <Shell />
    </PortalContext>
  );
}

function Outside({ children }: { children: ReactNode }) {
  return (
    <main className="outside">
      <h1 className="hidden-visually">Webhooks</h1>
      {children}
    </main>
  );
}

function createQueries(): QueryClient {
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
