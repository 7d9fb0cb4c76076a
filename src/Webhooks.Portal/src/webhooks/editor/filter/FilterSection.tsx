import { useState } from 'react';
import { messagesByPlace } from '../../../api/problem.ts';
import { CodeField } from '../../../ui/CodeField.tsx';
import type { SectionProps } from '../draft.ts';
import { FormSection } from '../FormSection.tsx';
import { PayloadField } from '../trial/PayloadField.tsx';
import { fieldsOf, parsePayload } from '../trial/payload.ts';
import { TrialPanel } from '../trial/TrialPanel.tsx';
import { usePayload } from '../trial/usePayload.ts';
import { asJson, asRows, type FilterDraft, filterOf, filterProblem } from './draft.ts';
import { FilterRows } from './FilterRows.tsx';
import { FilterTrial } from './FilterTrial.tsx';
import { findInexact } from './values.ts';

interface Props extends SectionProps {
  webhookId: string | undefined;
}

/** Which of its events the webhook gets, by what is in them: in rows, or as the JSON of a pattern. */
export function FilterSection({ draft, error, webhookId, onChange }: Props) {
  const [isTried, setTried] = useState(false);
  const payload = usePayload(true, draft, 'standard', webhookId);
  const parsed = parsePayload(payload.text);
  const { filter } = draft;
  const rows = asRows(filter);
  const inexact = filterProblem(filter) === undefined ? findInexact(filterOf(filter)) : undefined;
  const problems = messagesByPlace(error, 'filter').map(([place, message]) =>
    place === 'filter' ? message : `${place.slice('filter.'.length)}: ${message}`,
  );
  const set = (filter: FilterDraft) => onChange({ filter });
  return (
    <FormSection
      title="Filter"
      hint="Of its events, the webhook gets those in which all of these conditions hold. Without any, it gets all of them."
    >
      <div className="row">
        <button
          type="button"
          className="button button-small"
          aria-pressed={'rows' in filter}
          disabled={rows === null}
          onClick={() => rows !== null && set(rows)}
        >
          Conditions
        </button>
        <button
          type="button"
          className="button button-small"
          aria-pressed={'json' in filter}
          onClick={() => set(asJson(filter))}
        >
          JSON
        </button>
        {rows === null && <span className="muted">It says more than rows of conditions can, or is not whole yet.</span>}
      </div>
      {'rows' in filter ? (
        <FilterRows
          rows={filter.rows}
          fields={'payload' in parsed ? fieldsOf(parsed.payload) : []}
          problems={problems}
          onChange={(rows) => set({ rows })}
        />
      ) : (
        <CodeField
          label="Pattern"
          hint={
            <>
              A JSON pattern of the payload with its fields event, timestamp and data, such as{' '}
              <code>{'{"data":{"$or":[{"amount":{"$gte":100}},{"urgent":true}]}}'}</code>.
            </>
          }
          errors={problems}
          value={filter.json}
          onChange={(json) => set({ json })}
        />
      )}
      {inexact !== undefined && (
        <p className="notice notice-warn">
          {inexact} has more digits than a browser keeps exactly. Change this filter with the API, or compare with a
          text.
        </p>
      )}
      <TrialPanel isOpen={isTried} onOpen={setTried}>
        <PayloadField {...payload} />
        <FilterTrial filter={filter} payload={'payload' in parsed ? parsed.payload : null} />
      </TrialPanel>
    </FormSection>
  );
}
