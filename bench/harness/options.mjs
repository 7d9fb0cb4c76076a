import { parseArgs } from 'node:util';
import { inBench } from './processes/children.mjs';
import { findSubjects, ours, quickPeers, scenarioNames } from './subjects/subjects.mjs';

const usage = `Usage: ./bench/run [options]

  --quick              a look of a few minutes: 1 round, 2,000 events, the fastest peers, nothing that takes long
  --rounds N           how often everything is repeated; medians are reported (3)
  --events N           events in each scenario (10000); Webhooks gets five times as many, which take long enough to be timed
  --fairness-events N  events in the fairness scenario (5000); Webhooks gets ten times as many
  --backlog N          deliveries pending in the scenarios memory and backlog (1000000)
  --dead-minutes N     how long a receiver is dead in the scenario dead (60)
  --history N          deliveries in the database in the scale scenario (10000000)
  --subjects "A;B"     who is measured, by parts of names (all)
  --scenarios "A;B"    what is measured (all): ${scenarioNames.join(', ')}
  --compare DIRECTORY  measures another build of the server too, which is there
  --no-limits          leaves out the limits of the machine, and so the shares of them
  --time-limit N       minutes after which the run is abandoned (90)
  --out DIRECTORY      where results.jsonl, table.md and chart.svg are written (bench/results)`;

/** The scenarios that take long: a quick look runs them only when asked to. */
const slow = ['enqueue', 'fairness', 'refusing', 'backlog', 'dead', 'filters', 'memory', 'scale', 'transforms'];

/** A command line that cannot be used; the message says why. */
export class UsageError extends Error {}

/**
 * Reads the command line.
 *
 * @returns what to measure; undefined when it only asks for help, which is printed then
 */
export function readOptions() {
  const values = parse();
  if (values.help) {
    console.log(usage);
    return undefined;
  }

  const { quick } = values;
  return {
    rounds: wholeNumber(values, 'rounds', quick ? 1 : 3),
    sizes: {
      events: wholeNumber(values, 'events', quick ? 2000 : 10_000),
      fairnessEvents: wholeNumber(values, 'fairness-events', quick ? 2000 : 5000),
      backlog: wholeNumber(values, 'backlog', 1_000_000),
      deadMinutes: wholeNumber(values, 'dead-minutes', 60),
      history: wholeNumber(values, 'history', 10_000_000),
    },
    subjects: chooseSubjects(values),
    scenarios: chooseScenarios(values),
    withLimits: !values['no-limits'],
    minutes: wholeNumber(values, 'time-limit', 90),
    out: values.out ?? inBench('results'),
  };
}

function parse() {
  try {
    return parseArgs({
      options: {
        quick: { type: 'boolean', default: false },
        rounds: { type: 'string' },
        events: { type: 'string' },
        'fairness-events': { type: 'string' },
        backlog: { type: 'string' },
        'dead-minutes': { type: 'string' },
        history: { type: 'string' },
        subjects: { type: 'string' },
        scenarios: { type: 'string' },
        compare: { type: 'string' },
        'no-limits': { type: 'boolean', default: false },
        'time-limit': { type: 'string' },
        out: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error.message);
  }
}

function chooseSubjects({ subjects, compare, quick }) {
  const all = Object.entries(findSubjects(compare));
  const parts = subjects?.split(';') ?? (quick ? [ours, ...quickPeers] : ['']);
  const chosen = all.filter(([name]) => parts.some((part) => name.includes(part)));
  if (chosen.length === 0) {
    throw new UsageError(`No subject is called ${subjects}. There are: ${all.map(([name]) => name).join('; ')}`);
  }

  return chosen;
}

function chooseScenarios({ scenarios, quick }) {
  if (scenarios === undefined) {
    return scenarioNames.filter((name) => !quick || !slow.includes(name));
  }

  const chosen = scenarios.split(';');
  const unknown = chosen.filter((name) => !scenarioNames.includes(name));
  if (unknown.length > 0) {
    throw new UsageError(`There is no scenario ${unknown.join(', ')}. There are: ${scenarioNames.join(', ')}`);
  }

  return chosen;
}

function wholeNumber(values, name, byDefault) {
  const number = Number(values[name] ?? byDefault);
  if (!Number.isSafeInteger(number) || number < 1) {
    throw new UsageError(`--${name} takes a whole number, not ${values[name]}`);
  }

  return number;
}
