// Takes every subject through every scenario, round after round, and reports. The exit code is 1 when something that was accepted
// is missing.
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { readOptions, UsageError } from './options.mjs';
import { killAll } from './processes/children.mjs';
import { renderChart } from './report/chart/chart.mjs';
import { describe } from './report/progress.mjs';
import { Results } from './report/results.mjs';
import { renderReport } from './report/report.mjs';
import { startServices } from './services/services.mjs';
import { measureCeiling, measureLimits } from './subjects/limits/limits.mjs';

const options = readOptionsOrExit();
const resultsFile = join(options.out, 'results.jsonl');
const kept = [];
mkdirSync(options.out, { recursive: true });

const services = await startServices();
process.once('SIGINT', () => abandon('interrupted'));
process.once('SIGTERM', () => abandon('terminated'));
setTimeout(() => abandon('the time limit is reached'), options.minutes * 60_000).unref();

try {
  const environment = describeEnvironment();
  writeFileSync(resultsFile, `${JSON.stringify({ environment })}\n`);
  for (let round = 1; round <= options.rounds; round++) {
    await measureRound(round);
  }

  await measureOnce();
  const results = new Results(kept);
  const report = renderReport(environment, results);
  writeFileSync(join(options.out, 'table.md'), report);
  writeFileSync(join(options.out, 'chart.svg'), renderChart(results));
  console.log(report);
  for (const { subject, scenario, problems } of results.withProblems) {
    console.error(`FAILED: ${subject}, ${scenario}: ${problems.join('; ')}`);
    process.exitCode = 1;
  }
} finally {
  await services.stop();
  await killAll();
}

process.exit();

function readOptionsOrExit() {
  try {
    return readOptions() ?? process.exit(0);
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`error: ${error.message}. --help shows what can be used.`);
      process.exit(2);
    }

    throw error;
  }
}

async function measureRound(round) {
  if (options.withLimits) {
    for await (const result of measureLimits(services, options.sizes)) {
      keep({ round, ...result });
    }
  }

  // In another order each time: who comes first may meet a machine in another state.
  const turned = options.subjects.map((_, index) => options.subjects[(index + round) % options.subjects.length]);
  await measureAll(round, turned.map(([subject, { scenarios }]) => [subject, scenarios]));
  if (options.withLimits) {
    keep({ round, ...await measureCeiling(services, options.sizes) });
  }
}

function measureOnce() {
  return measureAll(options.rounds, options.subjects.map(([subject, { onceScenarios }]) => [subject, onceScenarios]));
}

/** Measures one scenario after the other, so that subjects which are compared are measured soon after each other. */
async function measureAll(round, subjects) {
  for (const scenario of options.scenarios) {
    for (const [subject, scenarios] of subjects.filter(([, has]) => scenario in has)) {
      await measure(round, subject, scenario, scenarios[scenario]);
    }
  }
}

/** Measures one scenario of a subject. What fails is kept as a failure, and does not keep the others from being measured. */
async function measure(round, subject, scenario, run) {
  try {
    const results = await run(services, options.sizes);
    results.forEach((result) => keep({ round, subject, ...result }));
  } catch (error) {
    keep({ round, subject, scenario, problems: [error.message], stack: error.stack });
  }
}

function keep(result) {
  kept.push(result);
  appendFileSync(resultsFile, `${JSON.stringify(result)}\n`);
  console.error(describe(result));
}

async function abandon(reason) {
  console.error(`abandoned: ${reason}`);
  await services.stop();
  await killAll();
  process.exit(1);
}

function describeEnvironment() {
  return {
    cores: cpus().length,
    cpu: cpus()[0].model,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    loadAtStart: loadavg()[0],
    node: process.version,
    postgres: services.postgres.version,
    redis: services.redis.version,
    rounds: options.rounds,
    events: options.sizes.events,
    fairnessEvents: options.sizes.fairnessEvents,
  };
}
