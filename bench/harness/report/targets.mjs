// What Webhooks is to achieve, and whether it does. All rows are there in each run; what a run does not measure, it says.
import { median, rounded, spread } from '../numbers.mjs';
import { isOnPostgres } from '../subjects/peers/peers.mjs';
import { ours } from '../subjects/subjects.mjs';
import { deliveriesPerSecond, perCpuSecond, statementsPerDelivery } from './figures.mjs';
import { slowdowns } from './fairness.mjs';

const megabyte = 1e6;
const manyDeliveries = 10_000_000;
const manyPending = 1_000_000;

const targets = [
  atLeast(3, 'best peer', 'End to end, published in arrays', toBest('end-to-end-bulk', deliveriesPerSecond)),
  atLeast(0.4, 'plain HttpClient loop', 'End to end, published in arrays', toCeiling('end-to-end-bulk', deliveriesPerSecond)),
  atLeast(7, 'best peer on PostgreSQL', 'End to end, published one by one', toBest('end-to-end', deliveriesPerSecond, isOnPostgres)),
  atLeast(
    1.5, 'BullMQ with fsync always', 'End to end, published one by one',
    toBest('end-to-end', deliveriesPerSecond, (name) => name === 'BullMQ, fsync always'),
  ),
  atLeast(3, 'best peer', 'Fan-out, 1 event to 50 deliveries', toBest('fan-out', deliveriesPerSecond)),
  atLeast(2, 'best peer', 'Deliveries per CPU second (server + PostgreSQL), end to end in arrays', toBest('end-to-end-bulk', perCpuSecond)),
  atLeast(2, 'best peer', 'Deliveries per CPU second (server + PostgreSQL), drain', toBest('drain', perCpuSecond)),
  below(1, 'best peer', 'Latency at 200 events/s, p50', toLeast('latency', ({ p50 }) => p50)),
  below(1, 'best peer', 'Latency at 200 events/s, p99', toLeast('latency', ({ p99 }) => p99)),
  atMost(1.1, 'undisturbed time', 'Healthy deliveries while 5% of the receivers hang', (results) => slowdowns(results, ours)),
  atMost(0.1, '', 'SQL statements per delivery, published in arrays', plain('end-to-end-bulk', statementsPerDelivery)),
  atMost(0.1, '', 'SQL statements per delivery, published one by one', plain('end-to-end', statementsPerDelivery)),
  atMost(0.1, '', 'SQL statements per delivery, fan-out', plain('fan-out', statementsPerDelivery)),
  ...['history page, first', 'history page, deep', 'history page, filtered by status', 'history page, filtered by event',
    'history page, filtered by response status', 'claim of due work'].map((what) => atMost(
    1.5, 'time at 10 thousand', `At 10 million deliveries: ${what}`, growthOf(what),
  )),
  below(400, 'MB', 'Memory with 1 million pending', memoryOf(({ large }) => large / megabyte)),
  atMost(1.2, 'memory with 10 thousand pending', 'Memory with 1 million pending', memoryOf(({ small, large }) => large / small)),
];

/** @returns {{ what: string, target: string, measured: string, verdict: string }[]} */
export function judge(results) {
  return targets.map(({ what, target, isMet, measure }) => {
    const values = measure(results);
    const verdict = isMet(values.length > 0 ? median(values) : NaN) ? 'met' : '**missed**';
    return { what, target, measured: spread(values), verdict: values.length > 0 ? verdict : 'not measured' };
  });
}

function atLeast(least, unit, what, measure) {
  return { what, target: `≥ ${withUnit(least, unit)}`, isMet: (value) => value >= least, measure };
}

function atMost(most, unit, what, measure) {
  return { what, target: `≤ ${withUnit(most, unit)}`, isMet: (value) => value <= most, measure };
}

function below(bound, unit, what, measure) {
  return { what, target: `< ${withUnit(bound, unit)}`, isMet: (value) => value < bound, measure };
}

function withUnit(number, unit) {
  return [rounded(number), ['', 'MB'].includes(unit) ? '' : '×', unit].filter(Boolean).join(' ');
}

function toBest(scenario, figure, isWanted = () => true) {
  return (results) => results.ratiosToBest(ours, results.peers.filter(isWanted), scenario, figure);
}

function toLeast(scenario, figure) {
  return (results) => results.ratiosToBest(ours, results.peers, scenario, figure, Math.min);
}

function toCeiling(scenario, figure) {
  return (results) => results.ratiosToCeiling(results.of(ours, scenario), figure);
}

function plain(scenario, figure) {
  return (results) => results.of(ours, scenario).map(figure);
}

function growthOf(what) {
  return (results) => results.of(ours, 'scale')
    .filter((result) => result.what === what && result.deliveries.large === manyDeliveries)
    .map(({ small, large }) => large / small);
}

function memoryOf(figure) {
  return (results) => {
    const [small, large] = results.of(ours, 'memory').toSorted((one, other) => one.pending - other.pending);
    return large?.pending === manyPending ? [figure({ small: small.peakMemory, large: large.peakMemory })] : [];
  };
}
