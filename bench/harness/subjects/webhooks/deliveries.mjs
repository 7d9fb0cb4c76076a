import { setTimeout as wait } from 'node:timers/promises';
import { now, secondsBetween } from '../../clock.mjs';
import { limitSeconds } from '../plan.mjs';
import { countStatements, findMissing, hasPending } from './database.mjs';

const pollMs = 10;

/**
 * Measures the deliveries that `begin` sets off, and then looks whether all are on record.
 *
 * @param {{ organizations: string[], events: number, fanOut: number }} plan
 * @param {() => Promise<{ startedAt: number }>} begin tells when it began, and anything else that the result should have
 */
export async function measureDeliveries({ database, meter }, nginx, plan, begin) {
  const deliveries = plan.events * plan.fanOut;
  const requestsBefore = await nginx.countRequests();
  const stopCounting = await countStatements(database);
  const stopMeter = meter();
  const [{ startedAt, ...figures }, { complete, endedAt, warmPerSecond }] = await Promise.all([
    begin(),
    untilDelivered(nginx, database, requestsBefore, deliveries),
  ]);
  const cpu = stopMeter();
  const statements = await stopCounting();
  const requests = await nginx.countRequests() - requestsBefore;
  const seconds = secondsBetween(startedAt, endedAt);
  return {
    complete,
    deliveries,
    seconds,
    perSecond: deliveries / seconds,
    warmPerSecond,
    ...figures,
    duplicates: requests - deliveries,
    problems: [...await findMissing(database, plan), ...findUnseen(requests, deliveries)],
    statements,
    cpu,
  };
}

/** Says what is wrong when the receiver has seen less than is on record. @returns {string[]} */
export function findUnseen(requests, deliveries) {
  return requests < deliveries ? [`the receiver got ${deliveries - requests} requests less than there are deliveries`] : [];
}

/** Waits until no delivery is pending any more. */
export async function untilNonePending(database) {
  for (const deadline = now() + limitSeconds * 1e9; await hasPending(database);) {
    if (now() > deadline) {
      throw new Error(`deliveries are still pending after ${limitSeconds} s`);
    }

    await wait(pollMs);
  }
}

/** Waits until the receiver has all and the database knows, or the time is over. Tells at what rate the last three quarters went. */
async function untilDelivered(nginx, database, requestsBefore, deliveries) {
  const deadline = now() + limitSeconds * 1e9;
  const quarter = { at: 0, received: 0 };
  for (;;) {
    const received = await nginx.countRequests() - requestsBefore;
    if (quarter.at === 0 && received >= deliveries / 4) {
      Object.assign(quarter, { at: now(), received });
    }

    const complete = received >= deliveries && !await hasPending(database);
    if (complete || now() > deadline) {
      const endedAt = now();
      return { complete, endedAt, warmPerSecond: (received - quarter.received) / secondsBetween(quarter.at, endedAt) };
    }

    await wait(received < deliveries ? pollMs : 2);
  }
}
