import type { Schemas } from '../api/client.ts';
import { formatPercent } from '../ui/text.ts';
import { formatDuration } from '../ui/time.ts';

const count = new Intl.NumberFormat();

/** The window in a few numbers. */
export function Totals({ totals }: { totals: Schemas['Counts'] }) {
  const { deliveries, succeeded, failed, success_rate, attempts, failed_attempts, duration_ms } = totals;
  return (
    <dl className="totals">
      <Total name="Deliveries" value={count.format(deliveries)} more={`${count.format(attempts)} attempts`} />
      <Total
        name="Success rate"
        value={success_rate === null ? '–' : formatPercent(success_rate)}
        more={success_rate === null ? 'none has ended' : `of ${count.format(succeeded + failed)} that have ended`}
      />
      <Total name="Failed" value={count.format(failed)} more={`${count.format(failed_attempts)} failed attempts`} />
      <Total
        name="Answered within"
        value={duration_ms.p95 === null ? '–' : formatDuration(duration_ms.p95)}
        more="95 of 100 attempts"
      />
    </dl>
  );
}

function Total({ name, value, more }: { name: string; value: string; more: string }) {
  return (
    <div className="card">
      <dt>{name}</dt>
      <dd>
        <span className="total-value">{value}</span>
        <span className="muted">{more}</span>
      </dd>
    </div>
  );
}
