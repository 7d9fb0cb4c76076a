import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { answerOf, type Schemas } from '../../../api/client.ts';
import { messagesByPlace } from '../../../api/problem.ts';
import { useApi } from '../../../shell/context.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { Problem } from '../../../ui/States.tsx';
import { useDebounced } from '../../../ui/useDebounced.ts';
import { type FilterDraft, filterOf, filterProblem } from './draft.ts';

interface Props {
  filter: FilterDraft;
  /** What it is tried on; null when that is no payload. */
  payload: Record<string, unknown> | null;
}

/** What a filter says of a payload, as it is typed: by the very code that decides when events are published. */
export function FilterTrial({ filter, payload }: Props) {
  const api = useApi();
  const pattern = filterProblem(filter) === undefined ? filterOf(filter) : null;
  const request = useDebounced(
    JSON.stringify(pattern === null || payload === null ? null : { filter: pattern, payload }),
    250,
  );
  const trial = useQuery({
    queryKey: ['filter trial', request],
    queryFn: ({ signal }) => answerOf(api.POST('/api/v1/webhooks/filter/test', { body: JSON.parse(request), signal })),
    enabled: request !== 'null',
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    retry: false,
  });
  const problem = filterProblem(filter);
  if (problem !== undefined) {
    return <p className="muted">{problem}</p>;
  }

  if (pattern === null) {
    return <p role="status">There is no filter: each of its events is sent.</p>;
  }

  if (trial.isError) {
    const problems = ['filter', 'payload'].flatMap((field) => messagesByPlace(trial.error, field));
    return problems.length === 0 ? (
      <Problem error={trial.error} />
    ) : (
      <ul className="notice notice-bad" role="alert">
        {problems.map(([place, message]) => (
          <li key={place + message}>
            <code>{place}</code>: {message}
          </li>
        ))}
      </ul>
    );
  }

  return trial.data === undefined ? null : <Verdict trial={trial.data} />;
}

function Verdict({ trial }: { trial: Schemas['FilterTrial'] }) {
  return (
    <div className={`notice ${trial.matches ? 'notice-good' : 'notice-bad'}`} role="status">
      <strong>{trial.matches ? 'It is sent' : 'It is not sent'}</strong>
      <ul className="stack-small">
        {trial.conditions.map(({ field, condition, holds, negated }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two may be the same, and none has anything of its own.
          <li key={index} className="row">
            <Badge tone={holds !== negated ? 'good' : 'bad'}>{holds ? 'holds' : 'does not hold'}</Badge>
            <code>
              {field} {JSON.stringify(condition)}
            </code>
            {negated && <span className="muted">and must not, since it is within $not</span>}
          </li>
        ))}
      </ul>
    </div>
  );
}
