import { messagesOf } from '../../api/problem.ts';
import type { SectionProps } from './draft.ts';
import { FormSection } from './FormSection.tsx';
import { PairRows } from './PairRows.tsx';
import { newPair } from './pairs.ts';

interface Props extends SectionProps {
  /** The names of the headers that the webhook has; their values are not shown. */
  existing: readonly string[];
}

/** Headers of its own that the webhook's requests have. */
export function HeadersSection({ draft, error, existing, onChange }: Props) {
  return (
    <FormSection
      title="Headers"
      hint="Sent with each request beside those that are always there, for a receiver that wants a key of its own. Values are stored encrypted, and not shown again."
    >
      {draft.headers === 'kept' ? (
        <>
          <ul className="stack-small" aria-label="Headers that it has">
            {existing.map((name) => (
              <li key={name} className="mono">
                {name}: <span className="muted">********</span>
              </li>
            ))}
          </ul>
          {messagesOf(error, 'headers').length > 0 && (
            <div className="field-error" data-problem="" tabIndex={-1}>
              {messagesOf(error, 'headers').join(' ')}
            </div>
          )}
          <div>
            <button
              type="button"
              className="button"
              onClick={() => onChange({ headers: existing.map((name) => newPair(name)) })}
            >
              Change the headers
            </button>
          </div>
        </>
      ) : (
        <>
          {existing.length > 0 && (
            <div className="notice notice-warn">
              <span>
                What you give here takes the place of all headers that it has. Their values are not shown, so give each
                again, or remove it.
              </span>
              <span>
                <button type="button" className="button button-small" onClick={() => onChange({ headers: 'kept' })}>
                  Keep them as they are
                </button>
              </span>
            </div>
          )}
          <PairRows
            field="headers"
            one="header"
            nameLabel="Name"
            pairs={draft.headers}
            error={error}
            onChange={(headers) => onChange({ headers })}
          />
        </>
      )}
    </FormSection>
  );
}
