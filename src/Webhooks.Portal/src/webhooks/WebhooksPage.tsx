import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { Schemas } from '../api/client.ts';
import { useApi } from '../shell/context.ts';
import { FilteredList } from '../ui/FilteredList.tsx';
import { ChoiceFilter, FilterBar, TextFilter } from '../ui/FilterFields.tsx';
import { Page } from '../ui/Page.tsx';
import { Empty } from '../ui/States.tsx';
import { Ago } from '../ui/Time.tsx';
import { useFilters } from '../ui/useFilters.ts';
import { lastDayQuery, webhooksQuery } from './queries.ts';
import { Sparkline } from './Sparkline.tsx';
import { StateBadge } from './StateBadge.tsx';
import { lastAttemptAt, nameOf } from './state.ts';
import { useMayCreate } from './useMayCreate.ts';
import './webhooks.css';

const activity = [
  ['true', 'Active'],
  ['false', 'Not active'],
] as const;

/** The organization's webhooks. */
export default function WebhooksPage() {
  const api = useApi();
  const filters = useFilters(['url', 'event', 'active']);
  const webhooks = useQuery(webhooksQuery(api, filters.values, filters.cursor));
  const mayCreate = useMayCreate();
  return (
    <Page title="Webhooks" actions={mayCreate && <NewWebhookLink />}>
      <FilterBar what="webhooks" isAnySet={filters.isAnySet} onClear={filters.clear}>
        <TextFilter label="URL contains" value={filters.values.url} onChange={(url) => filters.set('url', url)} />
        <TextFilter
          label="Gets event type"
          value={filters.values.event}
          placeholder="invoice.paid"
          onChange={(event) => filters.set('event', event)}
        />
        <ChoiceFilter
          label="Activity"
          all="All"
          choices={activity}
          value={filters.values.active}
          onChange={(active) => filters.set('active', active)}
        />
      </FilterBar>
      <FilteredList query={webhooks} filters={filters} what="the webhooks" one="webhook" empty={<NoWebhooks />}>
        {(items) => <WebhookTable webhooks={items} />}
      </FilteredList>
    </Page>
  );
}

function WebhookTable({ webhooks }: { webhooks: readonly Schemas['Webhook'][] }) {
  const lastDay = useQuery(
    lastDayQuery(
      useApi(),
      webhooks.map(({ id }) => id),
    ),
  );
  return (
    <div className="table-scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">Webhook</th>
            <th scope="col">State</th>
            <th scope="col">Last 24 hours</th>
            <th scope="col">Events</th>
            <th scope="col">Last attempt</th>
          </tr>
        </thead>
        <tbody>
          {webhooks.map((webhook) => (
            <WebhookRow
              key={webhook.id}
              webhook={webhook}
              lastDay={lastDay.data?.groups.find(({ key }) => key === webhook.id)}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface RowProps {
  webhook: Schemas['Webhook'];
  lastDay: Schemas['Group'] | undefined;
}

function WebhookRow({ webhook, lastDay }: RowProps) {
  const last = lastAttemptAt(webhook);
  return (
    <tr>
      <td className="webhook-url">
        <Link href={`/webhooks/${webhook.id}`}>{nameOf(webhook)}</Link>
        {webhook.url !== null && webhook.description !== null && <div className="muted">{webhook.description}</div>}
      </td>
      <td>
        <StateBadge webhook={webhook} />
      </td>
      <td>
        <Sparkline group={lastDay} />
      </td>
      <td>
        <code>{webhook.events.slice(0, 3).join(', ')}</code>
        {webhook.events.length > 3 && <span className="muted"> and {webhook.events.length - 3} more</span>}
      </td>
      <td>{last === null ? <span className="muted">None yet</span> : <Ago at={last} />}</td>
    </tr>
  );
}

function NoWebhooks() {
  const mayCreate = useMayCreate();
  return (
    <Empty title="No webhooks yet">
      <p>A webhook is a URL of yours and the events that are posted to it.</p>
      {mayCreate && <NewWebhookLink />}
    </Empty>
  );
}

function NewWebhookLink() {
  return (
    <Link className="button button-primary" href="/webhooks/new">
      New webhook
    </Link>
  );
}
