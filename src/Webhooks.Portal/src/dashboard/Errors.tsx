import type { Schemas } from '../api/client.ts';
import { formatCount } from '../ui/text.ts';
import { Bar } from './Bar.tsx';
import { errorsOf, errorWords } from './figures.ts';

/** Why attempts failed. */
export function Errors({ groups }: { groups: readonly Schemas['Group'][] }) {
  const errors = errorsOf(groups, 6);
  const most = errors[0]?.failed_attempts ?? 1;
  return (
    <section className="card stack-small" aria-labelledby="errors">
      <h2 id="errors">Most frequent errors</h2>
      {errors.length === 0 ? (
        <p className="muted">No attempt has failed.</p>
      ) : (
        <ul className="ranking">
          {errors.map(({ key, failed_attempts }) => (
            <li key={key}>
              <span>{errorWords(key ?? '')}</span>
              <span>{formatCount(failed_attempts, 'attempt')}</span>
              <Bar share={failed_attempts / most} color="bad" />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
