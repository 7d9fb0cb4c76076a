// A process of a peer: a producer that enqueues, or a worker that delivers. Takes one JSON command a line on standard input and answers
// with one JSON message a line on standard output.
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { deliveriesOf, openSender } from './delivery.mjs';

const warmUpPosts = 1000;
const progressIntervalMs = 20;

const config = JSON.parse(process.argv[2]);
const peer = await import(`./libraries/${config.library}.mjs`);
const commands = await (config.role === 'producer' ? openProducer() : openWorker());
say({ ready: true });
for await (const line of createInterface({ input: process.stdin })) {
  const { command, ...options } = JSON.parse(line);
  say({ [command]: (await commands[command](options)) ?? {} });
}

process.exit(0);

async function openProducer() {
  const queue = await peer.openProducer(config);
  return { enqueue: (plan) => enqueue(queue, plan), pace: (plan) => pace(queue, plan) };
}

async function enqueue(queue, { events, fanOut, urls, batch, lanes }) {
  let next = 0;
  const startedAt = now();
  await runConcurrently(lanes, async () => {
    if (next >= events) {
      return false;
    }

    const first = next;
    next = Math.min(events, next + batch);
    const deliveries = [];
    for (let event = first; event < next; event++) {
      deliveries.push(...deliveriesOf(event, fanOut, urls));
    }

    await (deliveries.length === 1 ? queue.addOne(deliveries[0]) : queue.addMany(deliveries));
    return true;
  });
  return { startedAt, endedAt: now() };
}

/** Enqueues at a steady rate, whether or not earlier calls have ended. */
async function pace(queue, { perSecond, seconds, urls }) {
  const total = perSecond * seconds;
  const startedAt = now();
  const pending = [];
  while (pending.length < total) {
    const due = Math.min(total, Math.floor(((now() - startedAt) / 1e9) * perSecond) + 1);
    while (pending.length < due) {
      const [delivery] = deliveriesOf(pending.length, 1, urls);
      pending.push(queue.addOne({ ...delivery, enqueuedAt: now() }));
    }

    await wait(1);
  }

  await Promise.all(pending);
  return { startedAt, endedAt: now() };
}

async function openWorker() {
  const post = openSender(config.concurrency);
  const progress = { answered: 0, healthyAnswered: 0, lastHealthyAt: 0, failed: 0 };
  reportChanges(progress);
  const queue = await peer.openWorker(config, (delivery) => deliver(post, progress, delivery));
  await warmUp(post);
  return { start: () => queue.start() };
}

async function deliver(post, progress, delivery) {
  try {
    const status = await post(delivery);
    progress.answered++;
    if (!delivery.url.startsWith(config.stallOrigin)) {
      progress.healthyAnswered++;
      progress.lastHealthyAt = now();
    }

    return status;
  } catch (error) {
    if (progress.failed++ === 0) {
      console.error(`${config.library}: first failed delivery: ${error.stack}`);
    }

    throw error;
  }
}

function reportChanges(progress) {
  let reported = 0;
  setInterval(() => {
    const finished = progress.answered + progress.failed;
    if (finished !== reported) {
      reported = finished;
      say({ progress });
    }
  }, progressIntervalMs);
}

async function warmUp(post) {
  let warmed = 0;
  await runConcurrently(config.concurrency, async () => {
    if (warmed >= warmUpPosts) {
      return false;
    }

    const [delivery] = deliveriesOf(warmed++, 1, [config.warmUpUrl]);
    await post(delivery);
    return true;
  });
}

async function runConcurrently(lanes, step) {
  await Promise.all(Array.from({ length: lanes }, async () => {
    while (await step());
  }));
}

function now() {
  return Number(process.hrtime.bigint());
}

function say(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
