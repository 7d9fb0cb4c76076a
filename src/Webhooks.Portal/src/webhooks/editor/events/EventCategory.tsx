import { useId } from 'react';
import type { Schemas } from '../../../api/client.ts';
import { kindsOf, wildcardOver } from './choice.ts';

interface Props {
  name: string;
  /** Whether its types only go by their names. */
  isOperational: boolean;
  /** All of its event types. */
  types: readonly string[];
  /** Those that are shown. */
  found: readonly Schemas['AvailableEvent'][];
  chosen: readonly string[];
  onToggle: (entries: readonly string[], isChosen: boolean) => void;
}

/** Event types that belong together, to be chosen one by one or all at once. */
export function EventCategory({ name, isOperational, types, found, chosen, onToggle }: Props) {
  const id = useId();
  const over = (type: string) => (isOperational ? undefined : wildcardOver(chosen, type));
  const kinds = isOperational ? [] : kindsOf(types);
  const open = found.filter((type) => over(type.name) === undefined).map((type) => type.name);
  const areAllChosen = open.length > 0 && open.every((type) => chosen.includes(type));
  return (
    <section className="event-category" aria-labelledby={id}>
      <div className="row row-spread">
        <h3 id={id}>{name}</h3>
        <span className="row">
          {kinds.map((kind) => (
            <button
              key={kind}
              type="button"
              className="button button-small"
              aria-pressed={chosen.includes(kind)}
              disabled={over(kind) !== undefined}
              aria-label={`All of ${kind}, also those that are added later`}
              onClick={() => onToggle([kind], !chosen.includes(kind))}
            >
              <code>{kind}</code>
            </button>
          ))}
          <button
            type="button"
            className="button button-small"
            disabled={open.length === 0}
            aria-label={areAllChosen ? `Choose none of ${name}` : `Choose each of ${name}`}
            onClick={() => onToggle(open, !areAllChosen)}
          >
            {areAllChosen ? 'None' : 'Each'}
          </button>
        </span>
      </div>
      {isOperational && (
        <p className="muted">What happens to webhooks. Only by name: “everything” has none of these.</p>
      )}
      <ul className="event-types">
        {found.map((type) => {
          const wildcard = over(type.name);
          return (
            <li key={type.name}>
              <label className="check">
                <input
                  type="checkbox"
                  checked={wildcard !== undefined || chosen.includes(type.name)}
                  disabled={wildcard !== undefined}
                  onChange={(change) => onToggle([type.name], change.currentTarget.checked)}
                />
                <span>
                  <code>{type.name}</code>
                  {wildcard !== undefined && <span className="muted"> by {wildcard}</span>}
                  <span className="choice-meaning">{type.description}</span>
                </span>
              </label>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
