import { setTimeout as wait } from 'node:timers/promises';
import { findFree } from '../../../../local/ports.mjs';
import { now, secondsBetween } from '../../clock.mjs';
import { fairnessLimitSeconds, receiverUrls, stalledEvery } from '../plan.mjs';
import { countAttempts, findMissing, hasPending } from './database.mjs';
import { findUnseen } from './deliveries.mjs';
import { createWebhooks, stored } from './load.mjs';
import { withServer } from './with-server.mjs';

const pollMs = 5;
const repetitions = 2;

/** Deliveries that wait for the receivers that refuse. */
const refusedBacklog = 100_000;

/** Measures how long the deliveries to the other receivers take while some hang, which have as many deliveries each. */
export function fairness(subject, services, events) {
  const { length } = receiverUrls('');
  return measureBeside(subject, services, {
    scenario: 'fairness',
    eventsEach: Math.ceil(events / length),
    otherUrls: receiverUrls(services.stallingSink.origin).filter(isOther),
    otherEventsEach: Math.ceil(events / length),
  });
}

/** Measures the same while some refuse every connection, for which a large backlog waits. */
export async function refusing(subject, services, events) {
  const closed = `http://127.0.0.1:${await findFree()}`;
  const otherUrls = receiverUrls(closed).filter(isOther);
  return measureBeside(subject, services, {
    scenario: 'refusing',
    eventsEach: Math.ceil(events / receiverUrls('').length),
    otherUrls,
    otherEventsEach: Math.ceil(refusedBacklog / otherUrls.length),
  });
}

function isOther(_, index) {
  return index % stalledEvery === 0;
}

/**
 * Measures how long healthy deliveries take beside others, and how long the same ones take with no others beside them. Both in turn,
 * because the difference is small.
 */
async function measureBeside(subject, services, { scenario, ...plan }) {
  const parts = [];
  for (let repetition = 0; repetition < repetitions; repetition++) {
    parts.push({
      undisturbed: await drainBeside(subject, services, { ...plan, otherUrls: [] }),
      disturbed: await drainBeside(subject, services, plan),
    });
  }

  const sum = (figure) => parts.reduce((total, part) => total + figure(part), 0);
  return [{
    scenario,
    complete: parts.every(({ undisturbed, disturbed }) => undisturbed.complete && disturbed.complete),
    healthy: sum(({ disturbed }) => disturbed.healthy),
    healthyAnswered: sum(({ disturbed }) => disturbed.answered),
    otherAttempts: sum(({ disturbed }) => disturbed.otherAttempts),
    seconds: sum(({ disturbed }) => disturbed.seconds) / repetitions,
    undisturbedSeconds: sum(({ undisturbed }) => undisturbed.seconds) / repetitions,
    duplicates: sum(({ undisturbed, disturbed }) => undisturbed.duplicates + disturbed.duplicates),
    problems: parts.flatMap(({ undisturbed, disturbed }) => [...undisturbed.problems, ...disturbed.problems]),
    cpu: parts.at(-1).disturbed.cpu,
  }];
}

/** Drains a backlog for healthy receivers, and one for the others, if there are any. */
function drainBeside(subject, services, { eventsEach, otherUrls, otherEventsEach }) {
  return withServer(subject, services, async (use) => {
    const { nginx } = services;
    const healthyUrls = receiverUrls(nginx.origin).filter((...url) => !isOther(...url));
    const healthyOrganizations = await createWebhooks(use.load, healthyUrls);
    const otherOrganizations = await createWebhooks(use.load, otherUrls);
    const healthy = eventsEach * healthyUrls.length;

    use.server.freeze();
    if (otherUrls.length > 0) {
      await use.load.ask('writeBacklog', { organizations: otherOrganizations, events: otherEventsEach * otherUrls.length, ...stored });
    }

    await use.load.ask('writeBacklog', { organizations: healthyOrganizations, events: healthy, ...stored });
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
      otherAttempts: await countAttempts(use.database, otherOrganizations),
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
