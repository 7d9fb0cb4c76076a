import { setTimeout as wait } from 'node:timers/promises';
import { now, secondsBetween } from '../../clock.mjs';
import { fairnessLimitSeconds, receiverUrls, stalledEvery } from '../plan.mjs';
import { findMissing, hasPending } from './database.mjs';
import { findUnseen } from './deliveries.mjs';
import { createWebhooks, stored } from './load.mjs';
import { withServer } from './with-server.mjs';

const pollMs = 5;
const repetitions = 2;

/**
 * Measures how long the deliveries to the other receivers take while some hang, and how long the same ones take with no others beside
 * them. Both in turn, because the difference is small.
 */
export async function fairness(subject, services, events) {
  const parts = [];
  for (let repetition = 0; repetition < repetitions; repetition++) {
    parts.push({
      undisturbed: await drainBeside(subject, services, events, 0),
      disturbed: await drainBeside(subject, services, events, 1),
    });
  }

  const sum = (figure) => parts.reduce((total, part) => total + figure(part), 0);
  return [{
    scenario: 'fairness',
    complete: parts.every(({ undisturbed, disturbed }) => undisturbed.complete && disturbed.complete),
    healthy: sum(({ disturbed }) => disturbed.healthy),
    healthyAnswered: sum(({ disturbed }) => disturbed.answered),
    seconds: sum(({ disturbed }) => disturbed.seconds) / repetitions,
    undisturbedSeconds: sum(({ undisturbed }) => undisturbed.seconds) / repetitions,
    duplicates: sum(({ undisturbed, disturbed }) => undisturbed.duplicates + disturbed.duplicates),
    problems: parts.flatMap(({ undisturbed, disturbed }) => [...undisturbed.problems, ...disturbed.problems]),
    cpu: parts.at(-1).disturbed.cpu,
  }];
}

/** Drains a backlog for healthy receivers, and one of the same size per receiver for those that hang, if there are any. */
function drainBeside(subject, services, events, hanging) {
  return withServer(subject, services, async (use) => {
    const { nginx, stallingSink } = services;
    const stalls = (_, index) => index % stalledEvery === 0;
    const healthyUrls = receiverUrls(nginx.origin).filter((...url) => !stalls(...url));
    const stalledUrls = hanging ? receiverUrls(stallingSink.origin).filter(stalls) : [];
    const eventsEach = Math.ceil(events / receiverUrls('').length);
    const healthyOrganizations = await createWebhooks(use.load, healthyUrls);
    const organizations = [...await createWebhooks(use.load, stalledUrls), ...healthyOrganizations];
    const healthy = eventsEach * healthyUrls.length;

    use.server.freeze();
    await use.load.ask('writeBacklog', { organizations, events: eventsEach * organizations.length, ...stored });
    const requestsBefore = await nginx.countRequests();
    const stopMeter = use.meter();
    const startedAt = now();
    use.server.thaw();
    const answered = await untilAnswered(nginx, requestsBefore, healthy);
    const endedAt = now();
    const cpu = stopMeter();
    const complete = answered >= healthy;
    await untilRecorded(use.database, healthyOrganizations);
    const requests = await nginx.countRequests() - requestsBefore;
    return {
      complete,
      healthy,
      answered: Math.min(answered, healthy),
      seconds: secondsBetween(startedAt, endedAt),
      duplicates: Math.max(0, requests - healthy),
      problems: [
        ...await findMissing(use.database, { organizations: healthyOrganizations, events: healthy, fanOut: 1 }),
        ...findUnseen(requests, healthy),
      ],
      cpu,
    };
  });
}

async function untilAnswered(nginx, requestsBefore, healthy) {
  for (const deadline = now() + fairnessLimitSeconds * 1e9; ;) {
    const answered = await nginx.countRequests() - requestsBefore;
    if (answered >= healthy || now() > deadline) {
      return answered;
    }

    await wait(pollMs);
  }
}

async function untilRecorded(database, organizations) {
  for (const deadline = now() + fairnessLimitSeconds * 1e9; await hasPending(database, organizations) && now() < deadline;) {
    await wait(pollMs);
  }
}
