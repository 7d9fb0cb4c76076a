import { setTimeout as wait } from 'node:timers/promises';
import { now, secondsBetween } from '../../clock.mjs';
import { fanOut } from '../plan.mjs';
import { countOutcomes, hasPending } from './database.mjs';
import { createFanOut, storedFannedOut } from './load.mjs';
import { withServer } from './with-server.mjs';

const smallBacklog = 10_000;
const seconds = 30;
const pollMs = 100;

/**
 * Measures how much memory the server comes to need while it works off a small backlog again and again, and a large one,
 * for the same time.
 */
export async function memory(subject, services, { backlog }) {
  const results = [];
  for (const pending of [smallBacklog, backlog]) {
    results.push({ scenario: 'memory', pending, ...await workOff(subject, services, pending) });
  }

  return results;
}

function workOff(subject, services, pending) {
  return withServer(subject, services, async (use) => {
    const { nginx } = services;
    const organizations = await createFanOut(use.load, nginx.origin);
    const writeBacklog = () => use.load.ask('writeBacklog', { organizations, events: pending / fanOut, ...storedFannedOut });
    use.server.freeze();
    await writeBacklog();
    const requestsBefore = await nginx.countRequests();
    const startedAt = now();
    use.server.thaw();
    const stopAt = startedAt + seconds * 1e9;
    while (await drainsBefore(stopAt, use.database)) {
      await writeBacklog();
    }

    const { peakMemory } = use.server;
    await use.server.stopInOrder();
    const endedAt = now();
    const { deliveries, untouched, ...others } = await countOutcomes(use.database, organizations);
    const requests = await nginx.countRequests() - requestsBefore;
    return {
      peakMemory,
      deliveries,
      perSecond: deliveries / secondsBetween(startedAt, endedAt),
      leftPending: untouched,
      duplicates: requests - deliveries,
      problems: Object.entries(others).filter(([, number]) => number > 0).map(([what, number]) => `${number} deliveries are ${what}`),
    };
  });
}

/** Waits until nothing is pending; false when the time is over before. */
async function drainsBefore(stopAt, database) {
  while (await hasPending(database)) {
    if (now() > stopAt) {
      return false;
    }

    await wait(pollMs);
  }

  return now() < stopAt;
}
