import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { Schemas } from '../api/client.ts';
import { useApi } from '../shell/context.ts';
import { Query } from '../ui/Query.tsx';
import { formatCount, formatPercent } from '../ui/text.ts';
import { newestWebhooksQuery, useWebhookName } from '../webhooks/names.ts';
import { Bar } from './Bar.tsx';
import { worstOf } from './figures.ts';
import { byWebhookQuery } from './queries.ts';
import type { WindowName } from './window.ts';

/** The webhooks whose attempts fail most. */
export function WorstWebhooks({ chosen }: { chosen: WindowName }) {
  const api = useApi();
  const byWebhook = useQuery(byWebhookQuery(api, chosen));
  const newest = useQuery(newestWebhooksQuery(api));
  const areThereMore = newest.data !== undefined && newest.data.next_cursor !== null;
  return (
    <section className="card stack-small" aria-labelledby="worst">
      <h2 id="worst">Worst webhooks</h2>
      <Query query={byWebhook} what="the webhooks">
        {({ groups }) => <Worst groups={worstOf(groups, 5)} />}
      </Query>
      {areThereMore && <p className="muted">Of the newest 100 webhooks.</p>}
    </section>
  );
}

function Worst({ groups }: { groups: readonly Schemas['Group'][] }) {
  const name = useWebhookName();
  if (groups.length === 0) {
    return <p className="muted">Every attempt has succeeded.</p>;
  }

  return (
    <ul className="ranking">
      {groups.map(({ key, attempts, failed_attempts }) => (
        <li key={key}>
          <Link href={`/webhooks/${key}`}>{name(key ?? '')}</Link>
          <span>
            {formatPercent((attempts - failed_attempts) / attempts)}{' '}
            <span className="muted">of {formatCount(attempts, 'attempt')} succeeded</span>
          </span>
          <Bar share={failed_attempts / attempts} color="bad" />
        </li>
      ))}
    </ul>
  );
}
