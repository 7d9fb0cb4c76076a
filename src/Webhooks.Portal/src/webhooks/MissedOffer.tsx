import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { useApi } from '../shell/context.ts';
import { Time } from '../ui/Time.tsx';
import { formatCount } from '../ui/text.ts';
import { missedQuery } from './missed.ts';

interface Props {
  webhookId: string;
  /** Since when it has missed events, ISO 8601. */
  from: string;
}

/** What a webhook that is active again has missed meanwhile, and the way to send it after all. */
export function MissedOffer({ webhookId, from }: Props) {
  const missed = useQuery(missedQuery(useApi(), webhookId, from));
  if (missed.data === undefined) {
    return null;
  }

  const { count, complete } = missed.data;
  return (
    <div className={count === 0 ? 'notice notice-good' : 'notice notice-warn'} role="status">
      {count === 0 ? (
        <span>It is active again, and has missed nothing.</span>
      ) : (
        <>
          <span>
            It is active again, and has missed {complete ? '' : 'more than '}
            {formatCount(count, 'delivery', 'deliveries')} since <Time at={from} />.
          </span>
          <span>
            <Link className="button" href={`/webhooks/${webhookId}/recover?from=${encodeURIComponent(from)}`}>
              See and recover them
            </Link>
          </span>
        </>
      )}
    </div>
  );
}
