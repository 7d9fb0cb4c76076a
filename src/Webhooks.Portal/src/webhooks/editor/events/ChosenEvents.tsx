import { useRemovalFocus } from '../../../ui/useRemovalFocus.ts';
import { type Catalog, oddityOf, withdraw } from './choice.ts';

interface Props {
  chosen: readonly string[];
  catalog: Catalog;
  archived: readonly string[];
  onChange: (chosen: readonly string[]) => void;
}

const notes = {
  archived: 'archived: no longer offered, still delivered',
  unknown: 'unknown: there is no such event type',
};

/** What is chosen, each to be removed; what is no longer offered stays until it is. */
export function ChosenEvents({ chosen, catalog, archived, onChange }: Props) {
  const { container, onRemoved } = useRemovalFocus<HTMLUListElement>(chosen.length);
  if (chosen.length === 0) {
    return <p className="muted">Nothing is chosen yet.</p>;
  }

  return (
    <ul className="chips" aria-label="Chosen events" ref={container}>
      {chosen.map((entry, index) => {
        const oddity = oddityOf(entry, catalog, archived);
        return (
          <li key={entry} className="chip" data-odd={oddity}>
            <code>{entry}</code>
            {oddity !== undefined && (
              <span className="chip-note" title={notes[oddity]}>
                {oddity}
              </span>
            )}
            <button
              type="button"
              className="chip-remove"
              data-remove=""
              aria-label={`Remove ${entry}`}
              onClick={() => {
                onRemoved(index);
                onChange(withdraw(chosen, [entry]));
              }}
            >
              ×
            </button>
          </li>
        );
      })}
    </ul>
  );
}
