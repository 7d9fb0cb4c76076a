import type { Conflict } from './changes.ts';

interface Props {
  conflicts: readonly Conflict[];
  onTakeTheirs: () => void;
}

/** Somebody else has changed the webhook: what, and the way to go on with theirs. The form's own button keeps what it says. */
export function ConflictNotice({ conflicts, onTakeTheirs }: Props) {
  return (
    <div className="notice notice-warn" role="alert">
      <strong>Somebody else has changed this webhook meanwhile</strong>
      {conflicts.length === 0 ? (
        <span>Not what this form shows, but its secret, for example. Nothing of yours is saved yet.</span>
      ) : (
        <ul className="stack-small conflicts">
          {conflicts.map(({ field, theirs, mine }) => (
            <li key={field}>
              {field.replaceAll('_', ' ')}: theirs <code>{textOf(theirs)}</code>
              {mine === undefined ? (
                ', which you left as it was'
              ) : (
                <>
                  , yours <code>{textOf(mine)}</code>
                </>
              )}
            </li>
          ))}
        </ul>
      )}
      <span className="row">
        <button type="button" className="button button-small" onClick={onTakeTheirs}>
          See theirs
        </button>
        <span className="muted">Or keep yours: what you left as it was stays theirs.</span>
      </span>
    </div>
  );
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
