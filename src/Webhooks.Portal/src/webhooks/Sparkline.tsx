import type { Schemas } from '../api/client.ts';
import { formatCount } from '../ui/text.ts';

const width = 120;
const height = 28;

/** How much of each hour's deliveries succeeded and failed, as bars, and of all of them in words. */
export function Sparkline({ group }: { group: Schemas['Group'] | undefined }) {
  if (group === undefined || group.success_rate === null) {
    return <span className="muted">Nothing in a day</span>;
  }

  const series = group.series ?? [];
  const most = Math.max(1, ...series.map(ended));
  const bar = width / Math.max(1, series.length);
  const percent = Math.floor(group.success_rate * 1000) / 10;
  return (
    <span className="row">
      <svg className="sparkline" viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
        {series.map((span, index) => {
          const failed = (span.failed / most) * height;
          const succeeded = (span.succeeded / most) * height;
          return (
            <g key={span.at}>
              <rect className="spark-bad" x={index * bar} y={height - failed} width={bar - 1} height={failed} />
              <rect
                className="spark-good"
                x={index * bar}
                y={height - failed - succeeded}
                width={bar - 1}
                height={succeeded}
              />
            </g>
          );
        })}
      </svg>
      <span>
        {percent} %{' '}
        <span className="muted">of {formatCount(group.succeeded + group.failed, 'delivery', 'deliveries')}</span>
      </span>
    </span>
  );
}

const ended = ({ succeeded, failed }: Schemas['Span']) => succeeded + failed;
