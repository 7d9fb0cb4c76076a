import { setTimeout as wait } from 'node:timers/promises';
import { pace, receiverUrls } from './plan.mjs';

const limitMs = 20_000;

/** Forgets what arrived late in an earlier scenario. */
export async function clearArrivals(origin) {
  await fetch(origin);
}

/** Has a peer's producer pace events to the timing sink, and tells how old they were there. */
export async function pacedAges(producer, origin) {
  await clearArrivals(origin);
  await producer.ask('pace', { ...pace, urls: receiverUrls(origin) });
  const arrivals = await takeArrivals(origin, pace.perSecond * pace.seconds);
  return summarizeAges(arrivals.map(({ sentAt, arrivedAt }) => arrivedAt - sentAt));
}

/** The arrivals at the timing sink, once they are as many as expected or the time is over. */
export async function takeArrivals(origin, expected) {
  const arrivals = [];
  for (const deadline = Date.now() + limitMs; arrivals.length < expected && Date.now() < deadline;) {
    await wait(100);
    arrivals.push(...await (await fetch(origin)).json());
  }

  return arrivals;
}

/** Percentiles, in milliseconds, of ages in nanoseconds. */
export function summarizeAges(ages) {
  const sorted = ages.map((age) => age / 1e6).sort((one, other) => one - other);
  const percentile = (percent) => sorted[Math.min(sorted.length - 1, Math.ceil((percent / 100) * sorted.length) - 1)];
  return { arrived: sorted.length, p50: percentile(50), p95: percentile(95), p99: percentile(99), max: sorted.at(-1) };
}
