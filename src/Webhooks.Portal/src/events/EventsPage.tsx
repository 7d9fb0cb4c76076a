import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { Schemas } from '../api/client.ts';
import { statusChoices } from '../deliveries/queries.ts';
import { useApi } from '../shell/context.ts';
import { FilteredList } from '../ui/FilteredList.tsx';
import { ChoiceFilter, FilterBar, TextFilter } from '../ui/FilterFields.tsx';
import { Page } from '../ui/Page.tsx';
import { Empty } from '../ui/States.tsx';
import { TextField } from '../ui/TextField.tsx';
import { Ago } from '../ui/Time.tsx';
import { useFilters } from '../ui/useFilters.ts';
import { eventsQuery } from './queries.ts';

/** The organization's events, and the way to ask about one that is not among them. */
export default function EventsPage() {
  const filters = useFilters(['event', 'status']);
  const events = useQuery(eventsQuery(useApi(), filters.values, filters.cursor));
  return (
    <Page title="Events">
      <EventFinder />
      <FilterBar what="events" isAnySet={filters.isAnySet} onClear={filters.clear}>
        <TextFilter
          label="Event type"
          value={filters.values.event}
          placeholder="invoice.paid"
          onChange={(event) => filters.set('event', event)}
        />
        <ChoiceFilter
          label="With a delivery that is"
          all="Anything"
          choices={statusChoices}
          value={filters.values.status}
          onChange={(status) => filters.set('status', status)}
        />
      </FilterBar>
      <FilteredList query={events} filters={filters} what="the events" one="event" empty={<NoEvents />}>
        {(items) => <EventTable events={items} />}
      </FilteredList>
    </Page>
  );
}

/** Why did this event not arrive? By its id, which the publisher has been told. */
function EventFinder() {
  const [, navigate] = useLocation();
  const [id, setId] = useState('');
  return (
    <form
      className="filters"
      onSubmit={(submission) => {
        submission.preventDefault();
        if (id.trim() !== '') {
          navigate(`/events/${encodeURIComponent(id.trim())}`);
        }
      }}
    >
      <TextField label="Why did an event not arrive?" value={id} placeholder="Its id" onChange={setId} />
      <button type="submit" className="button">
        Explain
      </button>
    </form>
  );
}

function EventTable({ events }: { events: readonly Schemas['Event'][] }) {
  return (
    <div className="table-scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">Event</th>
            <th scope="col">Deliveries</th>
            <th scope="col">Published</th>
          </tr>
        </thead>
        <tbody>
          {events.map((event) => (
            <tr key={event.id}>
              <td>
                <Link href={`/events/${event.id}`}>{event.event}</Link>
                {event.test && <span className="muted"> test</span>}
              </td>
              <td>{summaryOf(event.deliveries)}</td>
              <td>
                <Ago at={event.created_at} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const summaryOf = (outcomes: Schemas['EventOutcomes']) =>
  Object.entries(outcomes)
    .filter(([, count]) => count > 0)
    .map(([status, count]) => `${count} ${status}`)
    .join(', ');

function NoEvents() {
  return (
    <Empty title="No events yet">
      <p>An event is listed here once a webhook gets it. Of one that none got, its id tells why: ask above.</p>
    </Empty>
  );
}
