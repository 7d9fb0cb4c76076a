import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { Schemas } from '../api/client.ts';
import { useApi, useMayMakeCredentials } from '../shell/context.ts';
import { Badge } from '../ui/Badge.tsx';
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx';
import { FilteredList } from '../ui/FilteredList.tsx';
import { Page } from '../ui/Page.tsx';
import { Empty } from '../ui/States.tsx';
import { TableScroll } from '../ui/TableScroll.tsx';
import { Ago } from '../ui/Time.tsx';
import { useFilters } from '../ui/useFilters.ts';
import { useNow } from '../ui/useNow.ts';
import { NewKey } from './NewKey.tsx';
import { keysQuery, revokeKey } from './queries.ts';
import { meaningOf } from './scopes.ts';

type Key = Schemas['ApiKey'];

/** The keys that the organization's programs call the API with. */
export default function KeysPage() {
  const filters = useFilters([]);
  const keys = useQuery(keysQuery(useApi(), filters.cursor));
  const mayMake = useMayMakeCredentials();
  return (
    <Page title="API keys" actions={mayMake && <NewKey />}>
      <FilteredList query={keys} filters={filters} what="the API keys" one="API key" empty={<NoKeys />}>
        {(items) => <KeyTable keys={items} mayRevoke={mayMake} />}
      </FilteredList>
    </Page>
  );
}

function KeyTable({ keys, mayRevoke }: { keys: readonly Key[]; mayRevoke: boolean }) {
  return (
    <TableScroll label="API keys">
      <thead>
        <tr>
          <th scope="col">Key</th>
          <th scope="col">It may</th>
          <th scope="col">Last used</th>
          <th scope="col">Expires</th>
          <th scope="col">Made</th>
          {mayRevoke && (
            <th scope="col">
              <span className="hidden-visually">Revoke</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {keys.map((key) => (
          <KeyRow
            key={key.id}
            apiKey={key}
            maker={keys.find(({ id }) => id === key.made_by)?.name}
            mayRevoke={mayRevoke}
          />
        ))}
      </tbody>
    </TableScroll>
  );
}

interface RowProps {
  apiKey: Key;
  /** The name of the key that made it, if that is known. */
  maker: string | undefined;
  mayRevoke: boolean;
}

function KeyRow({ apiKey, maker, mayRevoke }: RowProps) {
  const { name, prefix, scopes, made_by, created_at, last_used_at } = apiKey;
  return (
    <tr>
      <td className="wide">
        {name}
        <div className="muted">
          <code>{prefix}…</code>
        </div>
      </td>
      <td>
        <ul className="nowrap">
          {scopes.map((scope) => (
            <li key={scope} title={meaningOf(scope)}>
              <code>{scope}</code>
            </li>
          ))}
        </ul>
      </td>
      <td>{last_used_at === null ? <span className="muted">Never</span> : <Ago at={last_used_at} />}</td>
      <td>
        <Expiry at={apiKey.expires_at} />
      </td>
      <td>
        <Ago at={created_at} />
        {made_by !== null && <div className="muted">with the key {maker ?? <code>{made_by}</code>}</div>}
      </td>
      {mayRevoke && (
        <td>
          <Revoke apiKey={apiKey} />
        </td>
      )}
    </tr>
  );
}

function Expiry({ at }: { at: string | null }) {
  const now = useNow(10_000);
  if (at === null) {
    return <span className="muted">Never</span>;
  }

  return Date.parse(at) <= now ? (
    <>
      <Badge tone="idle">expired</Badge>{' '}
      <div className="muted">
        <Ago at={at} />
      </div>
    </>
  ) : (
    <Ago at={at} />
  );
}

function Revoke({ apiKey: { id, name } }: { apiKey: Key }) {
  const api = useApi();
  const queries = useQueryClient();
  const revoke = async () => {
    await revokeKey(api, id);
    await queries.invalidateQueries();
  };
  return (
    <ConfirmDialog
      title={`Revoke the key “${name}”?`}
      trigger="Revoke"
      action="Revoke the key"
      isDanger
      isSmall
      onConfirm={revoke}
    >
      Within a second, every request with it is refused, and so is every request with the keys and portal links that
      were made with it. It cannot be brought back.
    </ConfirmDialog>
  );
}

function NoKeys() {
  return (
    <Empty title="No API keys yet">
      <p>
        A program calls the API with a key of its own, so that it can be revoked alone. Give each the least that it
        needs.
      </p>
    </Empty>
  );
}
