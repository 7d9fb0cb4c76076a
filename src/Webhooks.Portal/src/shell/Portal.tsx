import { type QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { Router, useLocation } from 'wouter';
import { type Access, linkAccess } from '../api/access.ts';
import { createApi } from '../api/client.ts';
import { ApiProblem } from '../api/problem.ts';
import type { Settings } from '../api/settings.ts';
import { baseOf, organizationIn } from '../organizations/places.ts';
import type { Return } from '../signin/journey.ts';
import { SignIn } from '../signin/SignIn.tsx';
import { Failure, Loading } from '../ui/States.tsx';
import { PortalContext } from './context.ts';
import type { Entry } from './entry.ts';
import { AccessEnded, OperatorsOnly, SignInRefused } from './NoAccess.tsx';
import { Outside, OutsidePage, RefreshLink } from './OutsidePage.tsx';
import { createQueries, sessionQuery, settingsQuery } from './queries.ts';
import { Shell } from './Shell.tsx';

interface Props {
  entry: Entry;
  returned: Return | undefined;
}

/** The whole portal: who looks, then what they see. */
export function Portal({ queries, entry, returned }: Props & { queries: QueryClient }) {
  return (
    <QueryClientProvider client={queries}>
      <Configured entry={entry} returned={returned} />
    </QueryClientProvider>
  );
}

function Configured({ entry, returned }: Props) {
  const settings = useQuery(settingsQuery(entry));
  const link = useMemo(() => (entry.token === undefined ? null : linkAccess(entry.token)), [entry.token]);
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

  if (link !== null) {
    return <Authenticated settings={settings.data} access={link} />;
  }

  const { oidc, refresh_url } = settings.data;
  return oidc === null ? (
    <OutsidePage title="Open the portal with a link">
      <p>For safety this page keeps your access only while it is open, and nothing of it is left after a reload.</p>
      <RefreshLink url={refresh_url} />
    </OutsidePage>
  ) : (
    <SignIn oidc={oidc} returned={returned} refreshUrl={refresh_url}>
      {(access) => <Authenticated settings={settings.data} access={access} />}
    </SignIn>
  );
}

interface AuthenticatedProps {
  settings: Settings;
  access: Access;
}

/** What is seen of one organization is forgotten with it: nothing of it shows when an operator goes on to another. */
function Authenticated(props: AuthenticatedProps) {
  const [path] = useLocation();
  const organization = organizationIn(path);
  return <OfOrganization key={organization ?? ''} organization={organization} {...props} />;
}

function OfOrganization({ settings, access, organization }: AuthenticatedProps & { organization: string | undefined }) {
  const [isExpired, setExpired] = useState(false);
  const [queries] = useState(createQueries);
  const { token, signIn } = access;
  const api = useMemo(
    () => createApi({ base: settings.api, token, organization, onUnauthorized: () => setExpired(true) }),
    [settings.api, token, organization],
  );
  const session = useQuery(sessionQuery(settings.api, access, organization));
  const portal = useMemo(
    () => (session.data === undefined ? null : { api, settings, access, session: session.data }),
    [api, settings, access, session.data],
  );

  const refusal = session.error instanceof ApiProblem && session.error.status === 401 ? session.error.message : null;
  if (refusal !== null && signIn !== null) {
    return <SignInRefused signIn={signIn} reason={refusal} />;
  }

  if (isExpired || refusal !== null) {
    return <AccessEnded settings={settings} signIn={signIn} />;
  }

  if (organization !== undefined && session.error instanceof ApiProblem && session.error.status === 403) {
    return <OperatorsOnly />;
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

  if (portal.session.org_id === null && signIn !== null && !portal.session.scopes.includes('admin')) {
    return <SignInRefused signIn={signIn} reason="The token names no organization, in the claim org_id." />;
  }

  // What the screens ask for is theirs alone: when they ask for all of it anew, nothing of the sign-in is.
  return (
    <QueryClientProvider client={queries}>
      <PortalContext value={portal}>
        <Router base={baseOf(organization)}>
          <Shell />
        </Router>
      </PortalContext>
    </QueryClientProvider>
  );
}
