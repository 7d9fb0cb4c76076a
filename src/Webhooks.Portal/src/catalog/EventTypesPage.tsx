import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { Schemas } from '../api/client.ts';
import { useApi, useMay } from '../shell/context.ts';
import { FilteredList } from '../ui/FilteredList.tsx';
import { ChoiceFilter, FilterBar, TextFilter } from '../ui/FilterFields.tsx';
import { Page } from '../ui/Page.tsx';
import { Empty } from '../ui/States.tsx';
import { useFilters } from '../ui/useFilters.ts';
import { byCategory, narrow } from './catalog.ts';
import { EventTypeBadges } from './EventTypeBadges.tsx';
import { eventTypesQuery } from './queries.ts';
import './catalog.css';

const states = [
  ['offered', 'Offered'],
  ['archived', 'Archived'],
] as const;

/** What can happen in the platform, by category. */
export default function EventTypesPage() {
  const api = useApi();
  const filters = useFilters(['search', 'category', 'state']);
  const all = useQuery(eventTypesQuery(api));
  const narrowed = useQuery({
    ...eventTypesQuery(api),
    select: ({ data, next_cursor }) => ({ data: narrow(data, filters.values), next_cursor }),
  });
  const mayChange = useMay('event-types:write');
  const categories = [...byCategory(all.data?.data ?? []).keys()];
  return (
    <Page
      title="Event types"
      actions={
        mayChange && (
          <>
            <Link className="button" href="/event-types/import">
              Import
            </Link>
            <Link className="button button-primary" href="/event-types/new">
              New event type
            </Link>
          </>
        )
      }
    >
      <FilterBar what="event types" isAnySet={filters.isAnySet} onClear={filters.clear}>
        <TextFilter
          label="Search"
          placeholder="invoice"
          value={filters.values.search}
          onChange={(search) => filters.set('search', search)}
        />
        <ChoiceFilter
          label="Category"
          all="All"
          choices={categories.map((category) => [category, category])}
          value={filters.values.category}
          onChange={(category) => filters.set('category', category)}
        />
        <ChoiceFilter
          label="State"
          all="All"
          choices={states}
          value={filters.values.state}
          onChange={(state) => filters.set('state', state)}
        />
      </FilterBar>
      <FilteredList query={narrowed} filters={filters} what="the event types" one="event type" empty={<NoTypes />}>
        {(types) =>
          [...byCategory(types)].map(([category, group]) => <Category key={category} name={category} types={group} />)
        }
      </FilteredList>
    </Page>
  );
}

function Category({ name, types }: { name: string; types: readonly Schemas['EventType'][] }) {
  return (
    <section className="stack-small" aria-label={name}>
      <h2>{name}</h2>
      <ul className="card catalog">
        {types.map((type) => (
          <li key={type.name}>
            <span className="row">
              <Link href={`/event-types/${type.name}`}>{type.name}</Link>
              <EventTypeBadges type={type} />
            </span>
            <span>{type.description}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function NoTypes() {
  return (
    <Empty title="There are no event types">
      <p>What can happen is described here, once somebody has said it: by hand, or from a document.</p>
    </Empty>
  );
}
