// What is measured of a peer. Each scenario has an empty store and fresh processes.
import { setTimeout as wait } from 'node:timers/promises';
import { now, secondsBetween } from '../../clock.mjs';
import { meterCpu } from '../../processes/cpu.mjs';
import { pacedAges } from '../ages.mjs';
import { batch, fairnessLimitSeconds, fanOut, limitSeconds, receiverUrls, stalledEvery } from '../plan.mjs';
import { startProducer, startWorkers } from './peers.mjs';

const lanes = 16;
const inBulk = { batch, lanes: 2 };
const oneByOne = { batch: 1, lanes };

/** The milliseconds after which idle workers are really waiting. */
const settleMs = 1000;

export const scenarios = {
  'end-to-end-bulk': endToEnd('end-to-end-bulk', ({ events }) => ({ events, fanOut: 1, ...inBulk })),
  'end-to-end': endToEnd('end-to-end', ({ events }) => ({ events, fanOut: 1, ...oneByOne })),
  'fan-out': endToEnd('fan-out', ({ events }) => ({ events: Math.ceil(events / fanOut), fanOut, ...oneByOne })),
  drain: enqueueAndDrain,
  enqueue: enqueueOneByOne,
  latency,
  fairness,
};

/** Whether a peer has what a scenario needs. */
export function canDo(peer, scenario) {
  return scenario !== 'end-to-end-bulk' || peer.enqueuesInBulk;
}

function endToEnd(scenario, planOf) {
  return (peer, services, sizes) => withEmptyStore(peer, services, async (use) => {
    const plan = { ...planOf(sizes), urls: receiverUrls(services.nginx.origin) };
    const producer = await use.producer();
    const workers = await use.startedWorkers();
    const delivered = await measureDeliveries({
      peer, services, use, workers, producers: [producer], deliveries: plan.events * plan.fanOut,
      begin: async () => (await producer.ask('enqueue', plan)).startedAt,
    });
    return [{ scenario, ...delivered }];
  });
}

function enqueueOneByOne(peer, services, { events }) {
  return withEmptyStore(peer, services, async (use) => {
    const producer = await use.producer();
    return [{ scenario: 'enqueue', ...await measureEnqueuing(use, producer, services, { events, fanOut: 1, ...oneByOne }) }];
  });
}

function enqueueAndDrain(peer, services, { events }) {
  return withEmptyStore(peer, services, async (use) => {
    const producer = await use.producer();
    const enqueued = await measureEnqueuing(use, producer, services, { events, fanOut: 1, ...bulkIfItCan(peer) });
    const workers = await use.workers();
    const drained = await measureDeliveries({
      peer, services, use, workers, producers: [], deliveries: events,
      begin: async () => {
        const startedAt = now();
        await startAll(workers);
        return startedAt;
      },
    });
    return [...(peer.enqueuesInBulk ? [{ scenario: 'enqueue-bulk', ...enqueued }] : []), { scenario: 'drain', ...drained }];
  });
}

function latency(peer, services) {
  return withEmptyStore(peer, services, async (use) => {
    const producer = await use.producer();
    const workers = await use.startedWorkers();
    const stopMeter = use.meter(workers, [producer]);
    const ages = await pacedAges(producer, services.timingSink.origin);
    return [{ scenario: 'latency', ...ages, cpu: stopMeter() }];
  });
}

/** Measures when all the deliveries to the other receivers are answered while some hang. */
function fairness(peer, services, { fairnessEvents: events }) {
  return withEmptyStore(peer, services, async (use) => {
    const { nginx, stallingSink } = services;
    const stalled = receiverUrls(stallingSink.origin);
    const urls = receiverUrls(nginx.origin).map((url, index) => (index % stalledEvery === 0 ? stalled[index] : url));
    const healthy = events - Math.ceil(events / stalledEvery);
    const producer = await use.producer();
    await producer.ask('enqueue', { events, fanOut: 1, urls, ...bulkIfItCan(peer) });
    const workers = await use.workers();
    const stopMeter = use.meter(workers, []);
    const startedAt = now();
    await startAll(workers);
    const answered = await untilHealthyAnswered(workers, healthy);
    const complete = answered >= healthy;
    const endedAt = complete ? Math.max(...workers.map(({ progress }) => progress.lastHealthyAt)) : now();
    return [{
      scenario: 'fairness',
      complete,
      healthy,
      healthyAnswered: answered,
      seconds: secondsBetween(startedAt, endedAt),
      cpu: stopMeter(),
    }];
  });
}

async function untilHealthyAnswered(workers, healthy) {
  const deadline = now() + fairnessLimitSeconds * 1e9;
  while (sumOf(workers, 'healthyAnswered') < healthy && now() < deadline) {
    await wait(10);
  }

  return sumOf(workers, 'healthyAnswered');
}

/** Runs `measure` with the processes that it asks for, and stops them. */
async function withEmptyStore(peer, services, measure) {
  const started = [];
  await peer.reset(services);
  try {
    return await measure({
      producer: async () => {
        const producer = await startProducer(peer, services);
        started.push(producer);
        return producer;
      },
      workers,
      startedWorkers: async () => {
        const idle = await workers();
        await startAll(idle);
        await wait(settleMs);
        return idle;
      },
      meter: (senders, producers) => meterCpu({
        senders: senders.map(({ pid }) => pid),
        producer: producers.map(({ pid }) => pid),
        store: [peer.store(services).pid],
        receiver: [services.nginx.pid],
      }),
    });
  } finally {
    await Promise.all(started.map((member) => member.stop()));
  }

  async function workers() {
    const all = await startWorkers(peer, services);
    started.push(...all);
    return all;
  }
}

async function measureEnqueuing(use, producer, services, plan) {
  const stopMeter = use.meter([], [producer]);
  const { startedAt, endedAt } = await producer.ask('enqueue', { ...plan, urls: receiverUrls(services.nginx.origin) });
  const seconds = secondsBetween(startedAt, endedAt);
  return { events: plan.events, seconds, perSecond: plan.events / seconds, cpu: stopMeter() };
}

/** Measures the deliveries that `begin` sets off; it returns when that was. */
async function measureDeliveries({ peer, services, use, workers, producers, deliveries, begin }) {
  const requestsBefore = await services.nginx.countRequests();
  const stopMeter = use.meter(workers, producers);
  const [startedAt, { complete, endedAt, warmPerSecond }] = await Promise.all([
    begin(),
    untilRecorded(peer, services, workers, deliveries),
  ]);
  const cpu = stopMeter();
  const made = complete ? deliveries : sumOf(workers, 'answered');
  const seconds = secondsBetween(startedAt, endedAt);
  return {
    complete,
    deliveries: made,
    failedAttempts: sumOf(workers, 'failed'),
    receiverRequests: await services.nginx.countRequests() - requestsBefore,
    seconds,
    perSecond: made / seconds,
    warmPerSecond,
    cpu,
  };
}

/** Waits until all are answered and on record, or the time is over. Tells at what rate the last three quarters went. */
async function untilRecorded(peer, services, workers, deliveries) {
  const deadline = now() + limitSeconds * 1e9;
  const quarter = { at: 0, answered: 0 };
  for (;;) {
    const answered = sumOf(workers, 'answered');
    if (quarter.at === 0 && answered >= deliveries / 4) {
      Object.assign(quarter, { at: now(), answered });
    }

    const complete = answered >= deliveries && await peer.countRecorded(services) >= deliveries;
    if (complete || now() > deadline) {
      const endedAt = now();
      return { complete, endedAt, warmPerSecond: (answered - quarter.answered) / secondsBetween(quarter.at, endedAt) };
    }

    await wait(answered < deliveries ? 5 : 2);
  }
}

function startAll(workers) {
  return Promise.all(workers.map((worker) => worker.ask('start')));
}

function bulkIfItCan(peer) {
  return peer.enqueuesInBulk ? inBulk : oneByOne;
}

function sumOf(workers, field) {
  return workers.reduce((sum, { progress }) => sum + progress[field], 0);
}
