// The limits of this machine that any sender meets: HTTP, the HttpClient of one process, PostgreSQL.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { secondsBetween } from '../../clock.mjs';
import { inBench, start } from '../../processes/children.mjs';
import { meterCpu } from '../../processes/cpu.mjs';
import { pacedAges } from '../ages.mjs';
import { batch, payloadBytes, receiverUrls } from '../plan.mjs';
import { startDotnetMember } from '../peers/peers.mjs';

/** The subject whose rate is the ceiling that the others' rates are shares of. */
export const ceiling = 'C# HttpClient, nothing durable';

const connections = 256;
const seconds = 5;

/** The factor of events for a client without a store, which is fast enough for more than the subjects get. */
const moreEvents = 10;
const moreRows = 5;

/** Measures all limits. */
export async function* measureLimits(services, sizes) {
  yield await measureWrk(services);
  yield* await withHttpClient(services, sizes, async (member) => [
    await measureSending(services, sizes, member),
    { subject: ceiling, scenario: 'latency', ...await pacedAges(member, services.timingSink.origin) },
  ]);
  for (const [body, bodyBytes] of [['1 KiB body', payloadBytes], ['no body', 0]]) {
    for (const writers of [1, 4]) {
      const scenario = `rows inserted then updated in batches of ${batch}, ${body}, ${writers} at once`;
      const plan = { rows: sizes.events * moreRows, batch, bodyBytes };
      yield { subject: 'PostgreSQL', scenario, ...await measureRows(services, plan, writers) };
    }
  }

  for (const clients of [1, 16, 64]) {
    yield { subject: 'PostgreSQL', scenario: `one-row commits, ${clients} at once`, ...await measureCommits(services, clients) };
  }
}

/** Measures the ceiling alone, as is done again at the end of a round. */
export function measureCeiling(services, sizes) {
  return withHttpClient(services, sizes, (member) => measureSending(services, sizes, member));
}

async function measureWrk({ nginx }) {
  const url = `${nginx.origin}/wrk`;
  const child = start('wrk', ['-t2', `-c${connections}`, `-d${seconds}s`, '-s', inBench('harness/subjects/limits/post.lua'), url]);
  const stopMeter = meterCpu({ senders: [child.pid], receiver: [nginx.pid] });
  let text = '';
  child.stdout.on('data', (chunk) => { text += chunk; });
  // While it still runs: its CPU time goes with it.
  const metered = seconds - 0.2;
  await wait(metered * 1000);
  const cpu = stopMeter();
  await child.ended;
  if (/Non-2xx|Socket errors/.test(text)) {
    throw new Error(`wrk met errors:\n${text}`);
  }

  const [, requests] = /(\d+) requests in/.exec(text);
  const [, perSecond] = /Requests\/sec: +([\d.]+)/.exec(text);
  return { subject: 'wrk', scenario: 'send', deliveries: Number(requests) * (metered / seconds), perSecond: Number(perSecond), cpu };
}

/** Runs `measure` with a warm client. */
async function withHttpClient({ nginx }, { events }, measure) {
  const member = await startDotnetMember({ library: 'http-client', concurrency: connections, warmUpUrl: `${nginx.origin}/warm-up` });
  try {
    await member.ask('send', { deliveries: events, urls: receiverUrls(nginx.origin) });
    return await measure(member);
  } finally {
    await member.stop();
  }
}

async function measureSending({ nginx }, { events }, member) {
  const deliveries = events * moreEvents;
  const stopMeter = meterCpu({ senders: [member.pid], receiver: [nginx.pid] });
  const spent = await member.ask('send', { deliveries, urls: receiverUrls(nginx.origin) });
  return { subject: ceiling, scenario: 'send', deliveries, ...rateOf(deliveries, spent), cpu: stopMeter() };
}

async function measureRows({ postgres }, plan, writers) {
  await postgres.reset();
  const connectionString = postgres.database.npgsqlConnectionString();
  const member = await startDotnetMember({ library: 'npgsql', connectionString, concurrency: writers });
  try {
    const stopMeter = meterCpu({ senders: [member.pid], store: [postgres.pid] });
    const spent = await member.ask('insertAndUpdate', plan);
    return { deliveries: plan.rows, ...rateOf(plan.rows, spent), cpu: stopMeter() };
  } finally {
    await member.stop();
  }
}

async function measureCommits({ postgres, workplace }, clients) {
  await postgres.reset();
  await postgres.database.query(`create table attempt (
    id bigint generated always as identity primary key, delivery_id bigint, attempt int, status int)`);
  const script = join(workplace, 'commit.sql');
  writeFileSync(script, '\\set delivery random(1, 1000000)\n'
    + 'insert into attempt (delivery_id, attempt, status) values (:delivery, 1, 200);\n');
  const stopMeter = meterCpu({ store: [postgres.pid] });
  const threads = Math.min(clients, 2);
  const text = await postgres.pgbench([
    '-n', '-M', 'prepared', '-f', script, '-c', String(clients), '-j', String(threads), '-T', String(seconds),
  ]);
  return { perSecond: Number(/tps = ([\d.]+)/.exec(text)[1]), cpu: stopMeter() };
}

function rateOf(count, { startedAt, endedAt }) {
  const elapsed = secondsBetween(startedAt, endedAt);
  return { seconds: elapsed, perSecond: count / elapsed };
}
