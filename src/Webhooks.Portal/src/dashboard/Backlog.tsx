import { useQuery } from '@tanstack/react-query';
import type { Schemas } from '../api/client.ts';
import { useApi } from '../shell/context.ts';
import { Query } from '../ui/Query.tsx';
import { Ago } from '../ui/Time.tsx';
import { formatCount } from '../ui/text.ts';
import { Bar } from './Bar.tsx';
import { backlogQuery } from './queries.ts';

const reasons: Readonly<Record<string, string>> = {
  attempting: 'An attempt is under way',
  due: 'Attempted as soon as there is room',
  retry: 'Wait for the next attempt, as the last one failed',
  scheduled: 'Wanted later by their publisher',
  circuit: 'Left in peace: the receiver failed too often in a row',
  retry_after: 'The receiver asked for time',
  pull: 'The receiver has not fetched them',
};

/** What pending deliveries wait for, now. */
export function Backlog() {
  const backlog = useQuery(backlogQuery(useApi()));
  return (
    <section className="card stack-small" aria-labelledby="backlog">
      <h2 id="backlog">Backlog</h2>
      <Query query={backlog} what="the backlog">
        {(data) => <Reasons backlog={data} />}
      </Query>
    </section>
  );
}

function Reasons({ backlog: { pending, complete, reasons: found } }: { backlog: Schemas['Backlog'] }) {
  if (pending === 0) {
    return <p className="muted">Nothing waits to be delivered.</p>;
  }

  const count = formatCount(pending, 'delivery', 'deliveries');
  return (
    <>
      <p>{complete ? `${count} pending` : `More than ${count} pending; these were counted`}</p>
      <ul className="ranking">
        {found.map(({ reason, count: number, oldest_at, next_attempt_at }) => (
          <li key={reason}>
            <span>{reasons[reason] ?? reason.replaceAll('_', ' ')}</span>
            <span>
              {number}{' '}
              <span className="muted">
                oldest <Ago at={oldest_at} />
                {next_attempt_at !== null && (
                  <>
                    , next <Ago at={next_attempt_at} />
                  </>
                )}
              </span>
            </span>
            <Bar share={number / pending} color="warn" />
          </li>
        ))}
      </ul>
    </>
  );
}
