import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { Schemas } from '../api/client.ts';
import { KeyName } from '../keys/KeyName.tsx';
import { useApi, useMayMakeCredentials } from '../shell/context.ts';
import { Badge } from '../ui/Badge.tsx';
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx';
import { FilteredList } from '../ui/FilteredList.tsx';
import { Page } from '../ui/Page.tsx';
import { Empty } from '../ui/States.tsx';
import { TableScroll } from '../ui/TableScroll.tsx';
import { Ago } from '../ui/Time.tsx';
import { formatTime } from '../ui/time.ts';
import { useFilters } from '../ui/useFilters.ts';
import { useNow } from '../ui/useNow.ts';
import { useWebhookName } from '../webhooks/names.ts';
import { NewSession } from './NewSession.tsx';
import { revokeSession, sessionsQuery } from './queries.ts';
import { stateOf } from './state.ts';

type Session = Schemas['PortalSession'];

/** The links by which people of the organization come to the portal. */
export default function SessionsPage() {
  const filters = useFilters([]);
  const sessions = useQuery(sessionsQuery(useApi(), filters.cursor));
  const mayMake = useMayMakeCredentials();
  return (
    <Page title="Portal links" actions={mayMake && <NewSession />}>
      <FilteredList query={sessions} filters={filters} what="the portal links" one="portal link" empty={<NoSessions />}>
        {(items) => <SessionTable sessions={items} mayRevoke={mayMake} />}
      </FilteredList>
    </Page>
  );
}

function SessionTable({ sessions, mayRevoke }: { sessions: readonly Session[]; mayRevoke: boolean }) {
  const name = useWebhookName();
  const now = useNow(5_000);
  return (
    <TableScroll label="Portal links">
      <thead>
        <tr>
          <th scope="col">Link to</th>
          <th scope="col">State</th>
          <th scope="col">It may</th>
          <th scope="col">Ends</th>
          <th scope="col">Made</th>
          {mayRevoke && (
            <th scope="col">
              <span className="hidden-visually">Revoke</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {sessions.map((session) => {
          const state = stateOf(session, now);
          return (
            <tr key={session.id}>
              <td className="wide">
                {session.webhook_id === null ? (
                  'All webhooks'
                ) : (
                  <Link href={`/webhooks/${session.webhook_id}`}>{name(session.webhook_id)}</Link>
                )}
              </td>
              <td>
                <Badge tone={state.tone}>{state.name}</Badge>
              </td>
              <td>{session.read_only ? 'Look' : 'Look and change'}</td>
              <td>
                <Ago at={session.revoked_at ?? session.expires_at} />
              </td>
              <td>
                <Ago at={session.created_at} />
                <div className="muted">
                  <Maker maker={session.created_by} />
                </div>
              </td>
              {mayRevoke && <td>{state.name === 'open' && <Revoke session={session} />}</td>}
            </tr>
          );
        })}
      </tbody>
    </TableScroll>
  );
}

function Maker({ maker: { kind, id } }: { maker: Schemas['PortalSessionMaker'] }) {
  if (kind === 'key' && id !== null) {
    return (
      <>
        with the key <KeyName id={id} />
      </>
    );
  }

  return <>by {id ?? (kind === 'user' ? 'a user' : 'the system')}</>;
}

function Revoke({ session }: { session: Session }) {
  const api = useApi();
  const queries = useQueryClient();
  const name = useWebhookName();
  const revoke = async () => {
    await revokeSession(api, session.id);
    await queries.invalidateQueries({ queryKey: ['sessions'] });
  };
  const reach = session.webhook_id === null ? 'all webhooks' : name(session.webhook_id);
  return (
    <ConfirmDialog
      title={`Revoke the link to ${reach}, made ${formatTime(session.created_at)}?`}
      trigger="Revoke"
      action="Revoke the link"
      isDanger
      isSmall
      onConfirm={revoke}
    >
      Within a second, whoever has it open sees nothing more. Others stay as they are.
    </ConfirmDialog>
  );
}

function NoSessions() {
  return (
    <Empty title="No portal links yet">
      <p>
        A link opens this portal for somebody without a token of their own, for as long as you say. Your backend can
        make them with <code>POST /api/v1/portal/sessions</code>.
      </p>
    </Empty>
  );
}
