import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { Schemas } from '../api/client.ts';
import { useApi } from '../shell/context.ts';
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx';
import { Page } from '../ui/Page.tsx';
import { Query } from '../ui/Query.tsx';
import { Time } from '../ui/Time.tsx';
import { countOf } from './counts.ts';
import { ErasureReport } from './ErasureReport.tsx';
import { OrganizationForm } from './OrganizationForm.tsx';
import { eraseOrganization, organizationQuery } from './queries.ts';

type Organization = Schemas['Organization'];

/** One organization: what it has, what it may do, how its portal is shown; and its end. */
export default function OrganizationPage({ params }: { params: { org: string } }) {
  const organization = useQuery(organizationQuery(useApi(), params.org));
  const data = organization.data;
  return (
    <Page
      title={data?.name ?? 'Organization'}
      actions={data !== undefined && data.erasure === null && <Erase organization={data} />}
    >
      <p>
        <Link href="/organizations">All organizations</Link>
      </p>
      <Query query={organization} what="the organization">
        {(known) => (
          <>
            <Facts organization={known} />
            {known.erasure === null ? (
              <OrganizationForm key={known.id} organization={known} />
            ) : (
              <ErasureReport erasure={known.erasure} />
            )}
          </>
        )}
      </Query>
    </Page>
  );
}

function Facts({
  organization: { id, created_at, webhooks, active_webhooks, pending_deliveries },
}: {
  organization: Organization;
}) {
  return (
    <dl className="facts card">
      <dt>Id</dt>
      <dd>
        <code>{id}</code>
      </dd>
      <dt>First seen</dt>
      <dd>
        <Time at={created_at} />
      </dd>
      <dt>Webhooks</dt>
      <dd>
        {countOf(webhooks)}, {countOf(active_webhooks)} of them active
      </dd>
      <dt>Pending deliveries</dt>
      <dd>{countOf(pending_deliveries)}</dd>
    </dl>
  );
}

function Erase({ organization: { id, name } }: { organization: Organization }) {
  const api = useApi();
  const queries = useQueryClient();
  const erase = async () => {
    queries.setQueryData(organizationQuery(api, id).queryKey, await eraseOrganization(api, id));
    await queries.invalidateQueries({ queryKey: ['organizations'] });
  };
  return (
    <ConfirmDialog
      title={`Erase everything of ${name ?? id}?`}
      trigger="Erase everything"
      action="Erase it for good"
      isDanger
      typed={name ?? id}
      onConfirm={erase}
    >
      Its webhooks and their secrets, deliveries with what they carried, keys, links and audit are gone for good.
      Nothing is sent or accepted for it any more; a customer who comes back needs another id.
    </ConfirmDialog>
  );
}
