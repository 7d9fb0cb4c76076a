import { useState } from 'react';
import { TextField } from '../../../ui/TextField.tsx';
import { type Catalog, choose, everything, finds, isWildcard, standsFor, wildcardOver, withdraw } from './choice.ts';
import { EventCategory } from './EventCategory.tsx';

interface Props {
  chosen: readonly string[];
  catalog: Catalog;
  errors: readonly string[];
  onChange: (chosen: readonly string[]) => void;
}

/** The event types by category, to be searched and chosen: one by one, by category, or by wildcard. */
export function EventPicker({ chosen, catalog, errors, onChange }: Props) {
  const [search, setSearch] = useState('');
  const wanted = search.trim().toLowerCase();
  const offered = catalog.data.flatMap(({ events }) => events);
  const isNewWildcard =
    isWildcard(wanted) &&
    !chosen.includes(wanted) &&
    wildcardOver(chosen, wanted) === undefined &&
    offered.some(({ name }) => standsFor(wanted, name));
  const toggle = (entries: readonly string[], isChosen: boolean) =>
    onChange(isChosen ? choose(chosen, entries, catalog) : withdraw(chosen, entries));
  const categories = [
    ...catalog.data.map(({ category, events }) => ({ category, events, isOperational: false })),
    { category: 'Webhooks themselves', events: catalog.operational, isOperational: true },
  ]
    .map((group) => ({ ...group, found: group.events.filter((event) => finds(search, event, group.category)) }))
    .filter(({ found }) => found.length > 0);
  return (
    <div className="stack-small">
      <TextField
        label="Find event types"
        hint="By a word, or by a wildcard such as user.*"
        errors={errors}
        type="search"
        value={search}
        onChange={setSearch}
        onKeyDown={(key) => {
          if (key.key === 'Enter') {
            key.preventDefault();
            if (isNewWildcard) {
              toggle([wanted], true);
            }
          }
        }}
      />
      {isNewWildcard && wanted !== everything && (
        <div>
          <button type="button" className="button button-small" onClick={() => toggle([wanted], true)}>
            Choose all of <code>{wanted}</code>
          </button>
        </div>
      )}
      <label className="check">
        <input
          type="checkbox"
          checked={chosen.includes(everything)}
          onChange={(change) => toggle([everything], change.currentTarget.checked)}
        />
        <span>
          <strong>Everything</strong> <code>*</code>
          <span className="choice-meaning">All event types, also those that are added later.</span>
        </span>
      </label>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard. */}
      <section className="event-categories" aria-label="Event types" tabIndex={0}>
        {categories.map(({ category, events, found, isOperational }) => (
          <EventCategory
            key={category}
            name={category}
            isOperational={isOperational}
            types={events.map(({ name }) => name)}
            found={found}
            chosen={chosen}
            onToggle={toggle}
          />
        ))}
        {categories.length === 0 && <p className="muted">No event type is like that.</p>}
      </section>
    </div>
  );
}
