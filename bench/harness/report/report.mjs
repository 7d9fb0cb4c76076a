// Everything that was measured, as tables of medians and ranges over the rounds.
import { median, missing, rounded, spread } from '../numbers.mjs';
import { ceiling } from '../subjects/limits/limits.mjs';
import { ours } from '../subjects/subjects.mjs';
import { slowdowns, undisturbedSeconds } from './fairness.mjs';
import {
  deliveriesPerSecond, microseconds, microsecondsOfSystem, perCpuSecond, perCpuSecondWithPublisher, statementsPerDelivery, warmPerSecond,
  writingTransactionsPerDelivery,
} from './figures.mjs';
import { section, table } from './markdown.mjs';
import { judge } from './targets.mjs';

const titles = {
  'end-to-end-bulk': 'end to end, in bulk',
  'end-to-end': 'end to end, one by one',
  'fan-out': 'fan-out to 50',
  drain: 'drain',
};

/** @param {import('./results.mjs').Results} results */
export function renderReport(environment, results) {
  const facts = Object.entries(environment).map(([name, value]) => `${name}: ${value}`).join('; ');
  return [
    `Median (lowest–highest) of the rounds. ${facts}\n`,
    problems(results),
    targets(results),
    rates(results),
    efficiency(results),
    parts(results),
    latency(results),
    fairness(results, 'fairness', 'Fairness: one receiver in twenty takes 10 s to answer'),
    fairness(results, 'refusing', 'One receiver in twenty refuses connections, and 100,000 deliveries wait for these'),
    database(results),
    scale(results),
    filters(results),
    transforms(results),
    memory(results),
    backlog(results),
    dead(results),
    enqueuing(results),
    limits(results),
    noise(results),
  ].filter(Boolean).join('\n');
}

function problems(results) {
  const rows = results.withProblems.map(({ round, subject, scenario, problems: found }) => [round, subject, scenario, found.join('; ')]);
  return section('FAILED', table(['round', 'subject', 'scenario', 'what is wrong'], rows));
}

function targets(results) {
  const rows = judge(results).map(({ what, target, measured, verdict }) => [what, target, measured, verdict]);
  return section('Targets of Webhooks', table(['what', 'target', 'measured', ''], rows));
}

function rates(results) {
  const rows = results.subjects.map((subject) => [
    subject,
    ...Object.keys(titles).map((scenario) => withShare(results, subject, scenario, deliveriesPerSecond)),
    spread(results.of(subject, 'drain').map(warmPerSecond)),
  ]);
  return section(
    'Deliveries/s recorded, and share of the ceiling',
    table(['', ...Object.values(titles), 'drain, once warm'], rows),
  );
}

function efficiency(results) {
  const rows = results.subjects.map((subject) => [
    subject, ...Object.keys(titles).map((scenario) => withShare(results, subject, scenario, perCpuSecond)),
  ]);
  const all = Object.keys(titles).map((scenario) => spread(results.of(ours, scenario).map(perCpuSecondWithPublisher)));
  return section(
    'Deliveries per CPU second, and share of the ceiling',
    table(['', ...Object.values(titles)], rows),
    "Of the processes that send, the store, and of the peers' processes that enqueue. "
    + `With the program that publishes over HTTP, Webhooks has ${all.slice(0, 3).join(', ')} in the first three.`,
  );
}

function parts(results) {
  const rows = results.subjects.map((subject) => [subject, ...['end-to-end-bulk', 'end-to-end', 'drain'].map((scenario) => {
    const measured = results.of(subject, scenario);
    const names = scenario === 'drain' ? ['senders', 'store'] : ['senders', 'store', 'producer'];
    return measured.length === 0 ? missing : names.map((part) => rounded(median(measured.map(microseconds(part))))).join(' + ');
  })]);
  return section(
    'CPU µs per delivery: sender + store + producer or publisher',
    table(['', titles['end-to-end-bulk'], titles['end-to-end'], 'drain (sender + store)'], rows),
  );
}

function latency(results) {
  const rowOf = (name, measured, toFigures) => [
    name, ...['p50', 'p95', 'p99'].map((percentile) => spread(measured.map((result) => toFigures(result)[percentile]))),
    spread(measured.filter(({ cpu }) => cpu).map(microsecondsOfSystem)),
  ];
  const rows = [ceiling, ...results.subjects]
    .filter((subject) => results.of(subject, 'latency').length > 0)
    .map((subject) => rowOf(subject, results.of(subject, 'latency'), (result) => result));
  const since = results.of(ours, 'latency').map(({ sinceAccepted }) => sinceAccepted);
  return section(
    'Latency at 200 events/s, milliseconds from the call that enqueues or publishes to arrival',
    table(['', 'p50', 'p95', 'p99', 'CPU µs per delivery'], rows),
    ...(since.length > 0
      ? [`From the 202 that Webhooks answers with to arrival: p50 ${spread(since.map(({ p50 }) => p50))}, `
        + `p99 ${spread(since.map(({ p99 }) => p99))}.`]
      : []),
  );
}

function fairness(results, scenario, title) {
  const rows = results.subjects.filter((subject) => results.of(subject, scenario).length > 0).map((subject) => {
    const measured = results.of(subject, scenario);
    const least = measured.some(({ complete }) => !complete) ? '> ' : '';
    return [
      subject,
      spread(measured.map((result) => (100 * result.healthyAnswered) / result.healthy)),
      least + spread(measured.map(({ seconds }) => seconds)),
      spread(measured.map((result) => undisturbedSeconds(results, result)).filter(Boolean)),
      least + spread(slowdowns(results, subject, scenario)),
    ];
  });
  return section(title, table(['', 'healthy deliveries done, %', 'after, s', 'were all healthy, s', 'ratio'], rows));
}

function database(results) {
  const rows = Object.keys(titles).filter((scenario) => results.of(ours, scenario).length > 0).map((scenario) => {
    const measured = results.of(ours, scenario);
    return [
      titles[scenario],
      spread(measured.map(statementsPerDelivery)),
      spread(measured.map(writingTransactionsPerDelivery)),
      spread(measured.flatMap(({ acceptedPerSecond }) => acceptedPerSecond ?? [])),
      String(measured.reduce((sum, { deliveries }) => sum + deliveries, 0)),
      String(measured.reduce((sum, { duplicates }) => sum + duplicates, 0)),
    ];
  });
  return section('Webhooks: what the database and the receiver say', table(
    ['', 'SQL statements per delivery', 'writing transactions per delivery', 'events accepted/s', 'deliveries verified', 'duplicates'],
    rows,
  ));
}

function scale(results) {
  const measured = results.of(ours, 'scale');
  const rows = measured.map(({ what, small, large }) => [what, rounded(small), rounded(large), rounded(large / small)]);
  const [{ deliveries } = {}] = measured;
  return section('Webhooks: milliseconds with few and with many deliveries in the database', table(
    ['', ...[deliveries?.small, deliveries?.large].map((number) => `at ${number?.toLocaleString('en-US')}`), 'ratio'],
    rows,
  ));
}

function filters(results) {
  const rows = results.subjects.flatMap((subject) => results.of(subject, 'filters').map(({ webhooks, many, one }) => [
    subject, webhooks.toLocaleString('en-US'), rounded(many), rounded(one), rounded(many - one),
  ]));
  return section('Webhooks: milliseconds to publish an event that no filter lets through', table(
    ['', 'filtered webhooks', 'with all', 'with one', 'their cost'],
    rows,
  ));
}

function transforms(results) {
  const rows = results.subjects.filter((subject) => results.of(subject, 'transforms').length > 0).map((subject) => [
    subject,
    ...['p50', 'p95', 'p99'].map((percentile) => spread(
      results.of(subject, 'transforms').map(({ live, undisturbed }) => live[percentile] / undisturbed[percentile]))),
  ]);
  return section("Webhooks: live events beside others' transforms that never end, in multiples of the undisturbed time", table(
    ['', 'p50', 'p95', 'p99'],
    rows,
  ));
}

function memory(results) {
  const rows = results.of(ours, 'memory').map(({ pending, peakMemory, deliveries, perSecond, duplicates }) => [
    pending.toLocaleString('en-US'), rounded(peakMemory / 1e6), rounded(deliveries), rounded(perSecond), String(duplicates),
  ]);
  return section('Webhooks: memory while a backlog is worked off', table(
    ['pending', 'most memory, MB', 'deliveries made', 'per second', 'duplicates'],
    rows,
  ));
}

function backlog(results) {
  const rows = results.of(ours, 'backlog').map(({ what, deliveries, canceled, redelivered, seconds, peakMemory, live, undisturbed }) => [
    what,
    (deliveries ?? redelivered).toLocaleString('en-US'),
    rounded(seconds),
    rounded((canceled ?? redelivered) / seconds),
    peakMemory ? rounded(peakMemory / 1e6) : missing,
    `${rounded(live.p50)}, ${rounded(live.p99)}`,
    `${rounded(undisturbed.p50)}, ${rounded(undisturbed.p99)}`,
  ]);
  return section("Webhooks: the backlog of a receiver that was dead, and others' live events meanwhile (milliseconds, p50 and p99)", table(
    ['', 'deliveries', 'seconds', 'per second', 'most memory, MB', 'live events', 'undisturbed'],
    rows,
  ));
}

function dead(results) {
  const rows = results.subjects.flatMap((subject) => results.of(subject, 'dead').map(({ minutes, deliveries, attempts }) => [
    subject, String(minutes), String(deliveries), String(attempts),
  ]));
  return section('A receiver that refuses connections, and an event for it each second', table(
    ['', 'minutes', 'deliveries', 'attempts'],
    rows,
  ));
}

function enqueuing(results) {
  const rows = results.peers.filter((subject) => results.of(subject, 'enqueue').length > 0).map((subject) => [
    subject,
    spread(results.of(subject, 'enqueue').map(deliveriesPerSecond)),
    spread(results.of(subject, 'enqueue-bulk').map(deliveriesPerSecond)),
    spread(results.of(subject, 'enqueue').map(microsecondsOfSystem)),
  ]);
  return section('Peers: events/s enqueued with no workers', table(
    ['', 'one by one', 'in bulk of 500', 'CPU µs per event, one by one'],
    rows,
  ));
}

function limits(results) {
  const rows = results.limits.map(([subject, scenario]) => {
    const measured = results.of(subject, scenario);
    return [
      scenario === 'send' ? subject : `${subject}: ${scenario}`,
      scenario === 'send' ? withShare(results, subject, scenario, deliveriesPerSecond) : spread(measured.map(deliveriesPerSecond)),
      measured[0].deliveries ? spread(measured.map(perCpuSecond)) : missing,
    ];
  });
  return section('Limits of the machine', table(['', 'per second', 'per CPU second'], rows));
}

function noise(results) {
  const rows = results.rounds.filter((round) => results.meteredIn(round).length > 0).map((round) => {
    const metered = results.meteredIn(round);
    const total = (part) => metered.reduce((sum, { cpu }) => sum + (cpu[part] ?? 0), 0);
    const all = ['senders', 'producer', 'store', 'receiver', 'harness', 'others', 'idle', 'steal']
      .reduce((sum, part) => sum + total(part), 0);
    const share = (part) => `${rounded((100 * total(part)) / all)}%`;
    const ceilings = results.of(ceiling, 'send').filter((result) => result.round === round).map(deliveriesPerSecond);
    return [String(round), ceilings.map(rounded).join(', ') || missing, share('others'), share('steal')];
  });
  return section('Noise', table(['round', 'ceiling at start, end', "others' share of CPU", 'stolen'], rows));
}

/** The figure, its share of the ceiling, and whether it was cut off. */
function withShare(results, subject, scenario, figure) {
  const measured = results.of(subject, scenario);
  const shares = results.ratiosToCeiling(measured, figure);
  return [
    spread(measured.map(figure)),
    shares.length > 0 ? ` = ${rounded(100 * median(shares))}%` : '',
    measured.some(({ complete }) => complete === false) ? ' (cut off)' : '',
  ].join('');
}
