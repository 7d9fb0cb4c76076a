// What is measured of Webhooks.Server. Each scenario has an empty database and a fresh server, which makes deliveries that are not measured
// before. Afterwards, the database and the receiver must agree that everything was delivered.
import { now, secondsBetween } from '../../clock.mjs';
import { clearArrivals, summarizeAges, takeArrivals } from '../ages.mjs';
import { fanOut, pace, receiverUrls } from '../plan.mjs';
import { backlog } from './backlog.mjs';
import { findMissing } from './database.mjs';
import { dead } from './dead.mjs';
import { measureDeliveries, untilNonePending } from './deliveries.mjs';
import { fairness, refusing } from './fairness.mjs';
import { filters } from './filters.mjs';
import { createFanOut, createWebhooks, fannedOut, inArrays, oneByOne, stored } from './load.mjs';
import { memory } from './memory.mjs';
import { scale } from './scale.mjs';
import { transforms } from './transforms.mjs';
import { withServer } from './with-server.mjs';

/** The factor of events for the server, which is so fast that as many as the peers get would be over before they can be timed. */
const moreEvents = 5;
const moreFairnessEvents = 10;

/** The scenarios that are measured in each round. */
export const scenarios = {
  'end-to-end-bulk': endToEnd('end-to-end-bulk', inArrays),
  'end-to-end': endToEnd('end-to-end', oneByOne),
  'fan-out': endToEnd('fan-out', fannedOut, fanOut),
  drain,
  latency,
  fairness: (subject, services, { fairnessEvents }) => fairness(subject, services, fairnessEvents * moreFairnessEvents),
  refusing: (subject, services, { fairnessEvents }) => refusing(subject, services, fairnessEvents * moreFairnessEvents),
  transforms,
};

/** The scenarios that take long and say the same each time: they are measured once. */
export const onceScenarios = { backlog, dead, filters, memory, scale };

function endToEnd(scenario, how, webhooksPerEvent = 1) {
  return (subject, services, { events }) => withServer(subject, services, async (use) => {
    const { origin } = services.nginx;
    const organizations = await (webhooksPerEvent === 1 ? createWebhooks(use.load, receiverUrls(origin)) : createFanOut(use.load, origin));
    const plan = { organizations, events: Math.ceil((events * moreEvents) / webhooksPerEvent), fanOut: webhooksPerEvent };
    const delivered = await measureDeliveries(use, services.nginx, plan, async () => {
      const { startedAt, endedAt } = await use.load.ask('publish', { ...plan, ...how });
      return { startedAt, acceptedPerSecond: plan.events / secondsBetween(startedAt, endedAt) };
    });
    return [{ scenario, ...delivered }];
  });
}

/** Measures how fast a backlog is worked off. While it is written, the server has its connections, but no processor time. */
function drain(subject, services, { events }) {
  return withServer(subject, services, async (use) => {
    const organizations = await createWebhooks(use.load, receiverUrls(services.nginx.origin));
    const plan = { organizations, events: events * moreEvents, fanOut: 1 };
    use.server.freeze();
    await use.load.ask('writeBacklog', { ...plan, ...stored });
    const delivered = await measureDeliveries(use, services.nginx, plan, async () => {
      const startedAt = now();
      use.server.thaw();
      return { startedAt };
    });
    return [{ scenario: 'drain', ...delivered }];
  });
}

function latency(subject, services) {
  return withServer(subject, services, async (use) => {
    const { origin } = services.timingSink;
    const organizations = await createWebhooks(use.load, receiverUrls(origin));
    await clearArrivals(origin);
    const stopMeter = use.meter();
    const published = await use.load.ask('pace', { organizations, ...pace });
    const arrivals = await takeArrivals(origin, published.length);
    const cpu = stopMeter();
    await untilNonePending(use.database);
    const acceptedAt = new Map(published.map((event) => [event.sentAt, event.acceptedAt]));
    return [{
      scenario: 'latency',
      ...summarizeAges(arrivals.map(({ sentAt, arrivedAt }) => arrivedAt - sentAt)),
      sinceAccepted: summarizeAges(arrivals.map(({ sentAt, arrivedAt }) => arrivedAt - acceptedAt.get(sentAt))),
      duplicates: arrivals.length - new Set(arrivals.map(({ sentAt }) => sentAt)).size,
      problems: await findMissing(use.database, { organizations, events: published.length, fanOut: 1 }),
      cpu,
    }];
  });
}
