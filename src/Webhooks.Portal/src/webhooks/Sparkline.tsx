import type { Schemas } from '../api/client.ts';
import { formatCount, formatPercent } from '../ui/text.ts';

const width = 120;
const height = 28;

/** How many of each hour's attempts succeeded and failed, as bars, and of all of them in words. */
export function Sparkline({ group }: { group: Schemas['Group'] | undefined }) {
  if (group === undefined || group.attempts === 0) {
    return <span className="muted">No attempts</span>;
  }

  const series = group.series ?? [];
  const most = Math.max(1, ...series.map(({ attempts }) => attempts));
  const bar = width / Math.max(1, series.length);
  return (
    <span className="webhook-day">
      <svg className="sparkline" viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
        {series.map(({ at, attempts, failed_attempts }, index) => {
          const all = (attempts / most) * height;
          const failed = (failed_attempts / most) * height;
          return (
            <g key={at}>
              <rect className="spark-good" x={index * bar} y={height - all} width={bar - 1} height={all - failed} />
              <rect className="spark-bad" x={index * bar} y={height - failed} width={bar - 1} height={failed} />
            </g>
          );
        })}
      </svg>
      <span>
        {formatPercent((group.attempts - group.failed_attempts) / group.attempts)}{' '}
        <span className="muted">of {formatCount(group.attempts, 'attempt')} succeeded</span>
      </span>
    </span>
  );
}
