import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { Schemas } from '../api/client.ts';
import { useApi } from '../shell/context.ts';
import { FilteredList } from '../ui/FilteredList.tsx';
import { FilterBar, TextFilter } from '../ui/FilterFields.tsx';
import { Page } from '../ui/Page.tsx';
import { Empty } from '../ui/States.tsx';
import { TableScroll } from '../ui/TableScroll.tsx';
import { Ago } from '../ui/Time.tsx';
import { useFilters } from '../ui/useFilters.ts';
import { countOf } from './counts.ts';
import { ErasureBadge } from './ErasureBadge.tsx';
import { placeOf } from './places.ts';
import { organizationsQuery } from './queries.ts';

/** All organizations, for those who operate the platform. */
export default function OrganizationsPage() {
  const filters = useFilters(['name']);
  const organizations = useQuery(organizationsQuery(useApi(), filters.values.name, filters.cursor));
  return (
    <Page title="Organizations">
      <FilterBar what="organizations" isAnySet={filters.isAnySet} onClear={filters.clear}>
        <TextFilter label="Name contains" value={filters.values.name} onChange={(name) => filters.set('name', name)} />
      </FilterBar>
      <FilteredList
        query={organizations}
        filters={filters}
        what="the organizations"
        one="organization"
        empty={<NoOrganizations />}
      >
        {(items) => <OrganizationTable organizations={items} />}
      </FilteredList>
    </Page>
  );
}

function OrganizationTable({ organizations }: { organizations: readonly Schemas['Organization'][] }) {
  return (
    <TableScroll label="Organizations">
      <thead>
        <tr>
          <th scope="col">Organization</th>
          <th scope="col" className="number">
            Webhooks
          </th>
          <th scope="col" className="number">
            Pending
          </th>
          <th scope="col">Limits</th>
          <th scope="col">First seen</th>
          <th scope="col">
            <span className="hidden-visually">What can be done</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {organizations.map((organization) => (
          <OrganizationRow key={organization.id} organization={organization} />
        ))}
      </tbody>
    </TableScroll>
  );
}

function OrganizationRow({ organization }: { organization: Schemas['Organization'] }) {
  const { id, name, webhooks, active_webhooks, pending_deliveries, created_at } = organization;
  return (
    <tr>
      <td className="wide">
        <Link href={`/organizations/${id}`}>{name ?? 'Without a name'}</Link>{' '}
        <ErasureBadge organization={organization} />
        <div className="muted">
          <code>{id}</code>
        </div>
      </td>
      <td className="number">
        {countOf(webhooks)}
        {active_webhooks < webhooks && <div className="muted">{countOf(active_webhooks)} active</div>}
      </td>
      <td className="number">{countOf(pending_deliveries)}</td>
      <td>
        <Limits organization={organization} />
      </td>
      <td>
        <Ago at={created_at} />
      </td>
      <td>
        <span className="row">
          <Link className="button button-small" href={placeOf(id)} aria-label={`Look at it: ${name ?? id}`}>
            Look at it
          </Link>
          <Link className="button button-small" href={`/organizations/${id}`}>
            Settings
          </Link>
        </span>
      </td>
    </tr>
  );
}

function Limits({ organization: { max_webhooks, publish_rate } }: { organization: Schemas['Organization'] }) {
  if (max_webhooks === null && publish_rate === null) {
    return <span className="muted">Those of all</span>;
  }

  return (
    <ul>
      {max_webhooks !== null && <li>{max_webhooks} webhooks</li>}
      {publish_rate !== null && <li>{publish_rate.per_second} events a second</li>}
    </ul>
  );
}

function NoOrganizations() {
  return (
    <Empty title="No organizations yet">
      <p>One is known from its first webhook on, or from the first call that acts for it.</p>
    </Empty>
  );
}
