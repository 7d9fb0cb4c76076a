import { useApi } from '../shell/context.ts';
import { Badge } from '../ui/Badge.tsx';
import { EndlessTable } from '../ui/EndlessTable.tsx';
import { NoneLikeThat } from '../ui/FilteredList.tsx';
import { ChoiceFilter, FilterBar, TextFilter } from '../ui/FilterFields.tsx';
import { Empty } from '../ui/States.tsx';
import { Ago } from '../ui/Time.tsx';
import { type Filters, useFilters } from '../ui/useFilters.ts';
import { useListPlace } from '../ui/useListPlace.ts';
import { useNow } from '../ui/useNow.ts';
import { DeliveryLink } from './DeliveryLink.tsx';
import { DeliveryPanel } from './DeliveryPanel.tsx';
import { resultOf, toneOf, waitOf } from './outcome.ts';
import { deliveriesQuery, statusChoices } from './queries.ts';
import './deliveries.css';

/** A webhook's deliveries as they come, newest first. */
export function Deliveries({ webhookId }: { webhookId: string }) {
  const filters = useFilters(['status', 'event']);
  return (
    <section className="stack" aria-labelledby="deliveries">
      <h2 id="deliveries">Deliveries</h2>
      <FilterBar what="deliveries" isAnySet={filters.isAnySet} onClear={filters.clear}>
        <ChoiceFilter
          label="Status"
          all="All"
          choices={statusChoices}
          value={filters.values.status}
          onChange={(status) => filters.set('status', status)}
        />
        <TextFilter
          label="Event type"
          value={filters.values.event}
          placeholder="invoice.paid"
          onChange={(event) => filters.set('event', event)}
        />
      </FilterBar>
      <DeliveryList key={JSON.stringify([webhookId, filters.values])} webhookId={webhookId} filters={filters} />
      <DeliveryPanel webhookId={webhookId} />
    </section>
  );
}

interface ListProps {
  webhookId: string;
  filters: Filters<'status' | 'event'>;
}

function DeliveryList({ webhookId, filters }: ListProps) {
  const api = useApi();
  const now = useNow(1_000);
  const { start, place, begin } = useListPlace();
  return (
    <EndlessTable
      key={start}
      what="the deliveries"
      start={start}
      pageAt={(cursor) => deliveriesQuery(api, webhookId, filters.values, cursor)}
      empty={filters.isAnySet ? <NoneLikeThat one="delivery" onClear={filters.clear} /> : <NoDeliveries />}
      onPlace={place}
      onNewest={begin}
      columns={5}
      head={
        <>
          <th scope="col">Event</th>
          <th scope="col">Status</th>
          <th scope="col">Last result</th>
          <th scope="col" className="number">
            Attempts
          </th>
          <th scope="col">Created</th>
        </>
      }
    >
      {(delivery) => (
        <>
          <td>
            <DeliveryLink delivery={delivery} />
            {delivery.test && <span className="muted"> test</span>}
            {delivery.redelivery_of !== null && <span className="muted"> redelivery</span>}
          </td>
          <td>
            <Badge tone={toneOf(delivery.status)}>{delivery.status}</Badge>
            <div className="muted delivery-wait">{waitOf(delivery, now)}</div>
          </td>
          <td>{resultOf(delivery) ?? <span className="muted">None yet</span>}</td>
          <td className="number">{delivery.attempt_number}</td>
          <td>
            <Ago at={delivery.created_at} />
          </td>
        </>
      )}
    </EndlessTable>
  );
}

function NoDeliveries() {
  return (
    <Empty title="Nothing was sent yet">
      <p>A delivery comes with each event of this webhook’s types. Send a test to see one.</p>
    </Empty>
  );
}
