// Runs the test programs against one PostgreSQL and one queue, and checks format and scripts beside them: what a change is tried with in
// minutes, or with "all" as the first argument everything. Other arguments go to each program, of which every one runs then.
// With WEBHOOKS_TEST_HOST=functions, runs only the end-to-end tests that both hosts pass, one after the other.
// The last line of the output counts; the exit code is 1 when anything failed.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, statfsSync } from 'node:fs';
import { freemem, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const programsAtOnce = 3;

// Most servers of tests live for seconds: compiling well what they do is not worth it, but where they are under load for minutes. Nor is
// watching it first, which takes a third of the processor's time that the tests of the API need.
const forShortLives = { DOTNET_TC_CallCountingDelayMs: '100', DOTNET_TieredPGO: '0' };

const root = fileURLToPath(new URL('..', import.meta.url));
const isForFunctions = process.env.WEBHOOKS_TEST_HOST === 'functions';
// The longest takes 30 on two cores beside the others, and more beside programs that keep both busy. A Functions host takes half a minute
// to start, and nearly every test has one of its own.
const minutesPerProgram = isForFunctions ? 120 : 60;
const args = process.argv.slice(2);
const isAll = args[0] === 'all';
const filters = [...args.slice(isAll ? 1 : 0), ...(isForFunctions ? ['-trait', 'Host=both', '-maxThreads', '1'] : [])];
const isQuick = filters.length === 0 && !isAll;
const running = new Set();
const totals = { passed: 0, failed: 0, skipped: 0 };
const failures = [];

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    console.error(`Stopping (${signal}) ...`);
    totals.failed++;
    running.forEach((child) => endGroup(child, 'SIGKILL'));
    queue.length = 0;
  });
}

const queue = [...findPrograms(), ...(filters.length === 0 ? [portalTests(), ...findChecks()] : [])];
const services = await startServices();
await runFromQueue((work) => work.isAlone);
await Promise.all(Array.from({ length: programsAtOnce }, () => runFromQueue(() => true)));
await services.stop();
if (totals.passed + totals.failed + totals.skipped === 0) {
  console.error(`error: No test is chosen by ${filters.join(' ')}`);
  totals.failed++;
}

if (isQuick) {
  console.log("Not run: what kills hosts, lasts long or takes a browser. \"./test all\" runs that too, as continuous integration does.");
}

if (failures.length > 0) {
  console.log(`What failed, in short:\n${failures.join('\n')}`);
}

console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exitCode = totals.failed > 0 ? 1 : 0;

/**
 * The test programs. The one whose tests compare speeds begins and has the machine for itself; then those that take longest. A quick run
 * leaves out those that start hosts as processes of their own.
 */
function findPrograms() {
  const endurance = 'Webhooks.Endurance.Tests';
  const ofHosts = [endurance, 'Webhooks.EndToEnd.Tests'];
  const longest = [...ofHosts, 'Webhooks.Core.Tests', 'Webhooks.Api.Tests', 'Webhooks.Server.Tests'];
  return readdirSync(join(root, 'tests'))
    .filter((name) => name.endsWith(isForFunctions ? '.EndToEnd.Tests' : '.Tests') && !(isQuick && ofHosts.includes(name)))
    .sort((one, other) => longest.includes(other) - longest.includes(one) || longest.indexOf(one) - longest.indexOf(other))
    .map((name) => ({
      name,
      command: [
        'dotnet', join(root, 'artifacts', 'bin', name, 'release', `${name}.dll`), '-noLogo', '-noColor', '-longRunning', '120', ...filters,
      ],
      env: name === endurance ? {} : forShortLives,
      isAlone: name === endurance,
      count: countTests,
    }));
}

/** The tests of the portal; in Chromium too where that is, but not in a quick run. */
function portalTests() {
  const portal = join('src', 'Webhooks.Portal');
  const vitest = join(portal, 'node_modules', 'vitest', 'vitest.mjs');
  return {
    name: 'Webhooks.Portal',
    command: ['node', vitest, 'run', '--root', portal, ...(isQuick ? ['--project', 'logic'] : [])],
    env: { NO_COLOR: '1', ...forShortLives },
    count: countPortalTests,
  };
}

/** What is checked beside the tests; each counts as one. The build has checked the rules of style and the analyzers' already. */
function findChecks() {
  const checks = [{
    name: 'dotnet format',
    command: ['dotnet', 'format', ...(isQuick ? ['whitespace'] : []), 'Webhooks.sln', '--verify-no-changes', '--no-restore'],
    count: countCheck,
  }, {
    name: 'line length',
    command: ['node', join('tests', 'line-length.mjs')],
    count: countCheck,
  }, {
    name: 'portal: format, rules and types',
    command: ['npm', 'run', 'check', '--prefix', join('src', 'Webhooks.Portal')],
    count: countCheck,
  }];
  if (spawnSync('shellcheck', ['--version']).status === 0) {
    checks.push({
      name: 'shellcheck',
      command: ['shellcheck', 'run', 'test', 'local/install', '.ci/run', 'bench/run', 'bench/micro', 'tests/previous-server'],
      count: countCheck,
    });
  }

  return checks;
}

async function startServices() {
  const data = join(chooseDataParent(), `webhooks-tests-${process.pid}`);
  const args = [join(root, 'local', 'services.mjs'), '--data', data, '--postgres', '--queue', '--no-fsync', '--remove'];
  const supervisor = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'], detached: true });
  const ended = once(supervisor, 'exit');
  const stop = () => {
    supervisor.stdin.end();
    return ended;
  };
  for await (const line of createInterface({ input: supervisor.stdout })) {
    const { ready, failed } = JSON.parse(line);
    if (ready) {
      process.env.WEBHOOKS_TEST_POSTGRES = ready.postgres;
      process.env.WEBHOOKS_TEST_QUEUES = ready.queues;
      return { stop };
    }

    if (failed) {
      console.error(`error: ${failed}`);
      break;
    }
  }

  totals.failed++;
  queue.length = 0;
  return { stop };
}

/** Memory where there is plenty, or else the disk: making and dropping a thousand databases is a third of the tests' work in the kernel. */
function chooseDataParent() {
  const memory = '/dev/shm';
  const plenty = 4 * 2 ** 30;
  const isPlenty = existsSync(memory) && freeIn(memory) > plenty && freemem() > plenty;
  return isPlenty ? memory : tmpdir();
}

function freeIn(directory) {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize;
}

/** Runs what is next, one after the other, for as long as it is to be run now. */
async function runFromQueue(isToBeRun) {
  while (queue.length > 0 && isToBeRun(queue[0])) {
    await run(queue.shift());
  }
}

/** Runs one program; shows its output only when there is something to see. */
async function run({ name, command: [program, ...args], env, count }) {
  const began = Date.now();
  const child = spawn(program, args, { cwd: root, env: { ...process.env, ...env }, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  const limit = setTimeout(() => {
    output += `\nIt took longer than ${minutesPerProgram} minutes and was ended.\n`;
    endGroup(child, 'SIGKILL');
  }, minutesPerProgram * 60_000);
  let output = '';
  child.stdout.on('data', (text) => { output += text; });
  child.stderr.on('data', (text) => { output += text; });
  const [exitCode] = await once(child, 'close');
  clearTimeout(limit);
  running.delete(child);

  const { passed, failed, skipped } = count(output, exitCode);
  totals.passed += passed;
  totals.failed += failed;
  totals.skipped += skipped;
  if (failed > 0) {
    console.log(output.trimEnd());
    failures.push(`${name}:`, ...findFailures(output));
  }

  console.log(`${name}: ${passed} passed, ${failed} failed, ${skipped} skipped in ${Math.round((Date.now() - began) / 1000)} s`);
}

/** The lines that name each failed test, with the few that follow and say why; the last lines where no test is named. */
function findFailures(output) {
  const most = 10;
  const width = 300;
  const lines = output.trimEnd().split('\n').map((line) => line.slice(0, width));
  const first = lines.flatMap((line, index) => (/\[FAIL\]$|^ FAIL /.test(line) ? [index] : []));
  const shown = new Set(first.flatMap((index) => Array.from({ length: most }, (_, next) => index + next)));
  return shown.size > 0 ? lines.filter((_, index) => shown.has(index)) : lines.slice(-most);
}

/** Reads a test program's summary. One that ended without it, or badly although no test failed, counts as a failure. */
function countTests(output, exitCode) {
  const hasNoneOfThem = filters.length > 0 && /Total: 0$/m.test(output);
  if (hasNoneOfThem) {
    return { passed: 0, failed: 0, skipped: 0 };
  }

  const summary = /Total: (\d+), Errors: (\d+), Failed: (\d+), Skipped: (\d+), Not Run: (\d+)/.exec(output);
  if (summary === null) {
    return { passed: 0, failed: 1, skipped: 0 };
  }

  const [total, errors, failed, skipped, notRun] = summary.slice(1).map(Number);
  const failures = failed + errors;
  return { passed: total - failed - skipped - notRun, failed: failures === 0 && exitCode !== 0 ? 1 : failures, skipped };
}

/** Reads the summary of the portal's tests, as in `Tests  1 failed | 44 passed | 2 skipped (47)`. */
function countPortalTests(output, exitCode) {
  const summary = /^ *Tests +(.*) \(\d+\)$/m.exec(output)?.[1];
  if (summary === undefined) {
    return { passed: 0, failed: 1, skipped: 0 };
  }

  const count = (word) => Number(new RegExp(`(\\d+) ${word}`).exec(summary)?.[1] ?? 0);
  const failed = count('failed');
  return { passed: count('passed'), failed: failed === 0 && exitCode !== 0 ? 1 : failed, skipped: count('skipped') };
}

function countCheck(_, exitCode) {
  return exitCode === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
}

function endGroup(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It has ended by itself.
  }
}
