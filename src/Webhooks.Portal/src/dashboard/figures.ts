import type { Schemas } from '../api/client.ts';
import { minutesOf } from './window.ts';

type Counts = Pick<
  Schemas['Counts'],
  'deliveries' | 'succeeded' | 'failed' | 'canceled' | 'skipped' | 'attempts' | 'failed_attempts'
>;
type Group = Schemas['Group'];

/** The colours of theme.css that a chart draws with. */
export type Color = 'good' | 'bad' | 'warn' | 'idle' | 'accent';

/** What a chart draws: a name, a colour, and a value for each time, null where there is none. */
export interface Series {
  name: string;
  color: Color;
  values: readonly (number | null)[];
}

const outcomes = [
  { name: 'Succeeded', color: 'good', count: ({ succeeded }: Counts) => succeeded },
  { name: 'Failed', color: 'bad', count: ({ failed }: Counts) => failed },
  {
    name: 'Pending',
    color: 'warn',
    count: ({ deliveries, succeeded, failed, canceled, skipped }: Counts) =>
      deliveries - succeeded - failed - canceled - skipped,
  },
  { name: 'Not sent', color: 'idle', count: ({ canceled, skipped }: Counts) => canceled + skipped },
] as const;

/** Deliveries per minute by what has become of them, at a time in milliseconds. */
export const outcomesOf = ({ series, interval }: Schemas['Statistics'], now: number): readonly Series[] =>
  outcomes.map(({ name, color, count }) => ({
    name,
    color,
    values: series.map((span) => count(span) / minutesOf(interval, span.at, now)),
  }));

/** How long attempts took, in milliseconds. */
export const latenciesOf = ({ series }: Schemas['Statistics']): readonly Series[] => [
  { name: 'Half within', color: 'good', values: series.map(({ duration_ms }) => duration_ms.p50) },
  { name: '95 of 100 within', color: 'accent', values: series.map(({ duration_ms }) => duration_ms.p95) },
  { name: '99 of 100 within', color: 'bad', values: series.map(({ duration_ms }) => duration_ms.p99) },
];

/** Values one on top of the other: of each series, the sum up to and with it. */
export function stack(series: readonly Series[]): number[][] {
  const sums: number[][] = [];
  for (const { values } of series) {
    const below = sums.at(-1);
    sums.push(values.map((value, index) => (value ?? 0) + (below?.[index] ?? 0)));
  }

  return sums;
}

/**
 * Webhooks whose attempts fail, the worst first. Compared is the share that fails for sure, which is less the fewer attempts there were
 * (the lower end of Wilson's interval of 95 %): one failure of one says little.
 */
export const worstOf = (groups: readonly Group[], most: number): readonly Group[] =>
  groups
    .filter(({ failed_attempts }) => failed_attempts > 0)
    .sort((one, other) => surelyFailing(other) - surelyFailing(one))
    .slice(0, most);

function surelyFailing({ attempts, failed_attempts }: Counts): number {
  const z = 1.96;
  const share = failed_attempts / attempts;
  const spread = z * Math.sqrt((share * (1 - share) + (z * z) / (4 * attempts)) / attempts);
  return (share + (z * z) / (2 * attempts) - spread) / (1 + (z * z) / attempts);
}

/** Why attempts failed, the most frequent first. */
export const errorsOf = (groups: readonly Group[], most: number): readonly Group[] =>
  groups
    .filter(({ key, failed_attempts }) => key !== null && failed_attempts > 0)
    .sort((one, other) => other.failed_attempts - one.failed_attempts)
    .slice(0, most);

/** An error in words: the status that was answered, or the code of what happened instead. */
export const errorWords = (key: string): string => (/^\d+$/.test(key) ? `HTTP ${key}` : key.replaceAll('_', ' '));
