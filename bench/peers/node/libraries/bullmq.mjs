// BullMQ: a completed job stays in Redis with its number of attempts and what the handler returned.
import { Queue, Worker } from 'bullmq';

const queueName = 'deliveries';
const jobName = 'deliver';
const jobOptions = {
  attempts: 8,
  backoff: { type: 'exponential', delay: 1000 },
  removeOnComplete: false,
  removeOnFail: false,
};

export async function openProducer({ redisPort }) {
  const queue = new Queue(queueName, { connection: { host: '127.0.0.1', port: redisPort } });
  await queue.waitUntilReady();
  return {
    addOne: (delivery) => queue.add(jobName, delivery, jobOptions),
    addMany: (deliveries) => queue.addBulk(deliveries.map((data) => ({ name: jobName, data, opts: jobOptions }))),
  };
}

export async function openWorker({ redisPort, concurrency }, deliver) {
  const worker = new Worker(
    queueName,
    async (job) => ({ status: await deliver(job.data), attempt: job.attemptsMade + 1 }),
    { connection: { host: '127.0.0.1', port: redisPort }, concurrency, autorun: false },
  );
  worker.on('error', (error) => console.error(`bullmq: ${error.message}`));
  await worker.waitUntilReady();
  return { start: () => { worker.run(); } };
}
