// What the chart shows: for each panel, the bars of the subjects that it was measured for.
import { median } from '../../numbers.mjs';
import { ceiling } from '../../subjects/limits/limits.mjs';
import { slowdowns } from '../fairness.mjs';
import { deliveriesPerSecond, perCpuSecond } from '../figures.mjs';

/**
 * @param {import('../results.mjs').Results} results
 * @returns {{
 *   title: string, note: string, isLogarithmic: boolean,
 *   bars: { name: string, low: number, middle: number, high: number, isCutOff: boolean }[],
 * }[]}
 */
export function findPanels(results) {
  const bars = (scenario, figure) => barsOf(results, results.subjects, scenario, (subject) => results.of(subject, scenario).map(figure));
  const latencies = (percentile) => barsOf(
    results, [ceiling, ...results.subjects], 'latency', (subject) => results.of(subject, 'latency').map((result) => result[percentile]),
  );
  return [
    panel('End to end, in bulk', 'deliveries/s; more is better', bars('end-to-end-bulk', deliveriesPerSecond)),
    panel('End to end, in bulk', 'deliveries per CPU second; more is better', bars('end-to-end-bulk', perCpuSecond)),
    panel('End to end, one by one', 'deliveries/s; more is better', bars('end-to-end', deliveriesPerSecond)),
    panel('Fan-out, 1 event to 50 deliveries', 'deliveries/s; more is better', bars('fan-out', deliveriesPerSecond)),
    panel('Latency at 200 events/s, p50', 'milliseconds, logarithmic; less is better', latencies('p50'), true),
    panel('Latency at 200 events/s, p99', 'milliseconds, logarithmic; less is better', latencies('p99'), true),
    panel('Drain of a backlog', 'deliveries per CPU second; more is better', bars('drain', perCpuSecond)),
    panel(
      'Healthy deliveries while 5% of the receivers hang',
      'time in multiples of the undisturbed time, logarithmic; less is better',
      barsOf(results, results.subjects, 'fairness', (subject) => slowdowns(results, subject)),
      true,
    ),
  ].filter((each) => each.bars.length > 0);
}

function panel(title, note, bars, isLogarithmic = false) {
  return { title, note, bars, isLogarithmic };
}

function barsOf(results, subjects, scenario, measure) {
  return subjects
    .map((name) => ({ name, values: measure(name), isCutOff: results.of(name, scenario).some(({ complete }) => complete === false) }))
    .filter(({ values }) => values.length > 0)
    .map(({ name, values, isCutOff }) => ({ name, isCutOff, low: Math.min(...values), middle: median(values), high: Math.max(...values) }));
}
