// pg-boss: a batch is fetched, delivered concurrently and settled in one statement; each job keeps what its handler returned as its
// `output`. A batch is as slow as its slowest delivery, so the variant that isolates receivers (at most four deliveries to one of them per
// process) takes small batches.
import { PgBoss } from 'pg-boss';

const queueName = 'deliveries';
const poolSize = 32;
const batching = { batchSize: 50 };
const groupedBatching = { batchSize: 4, localGroupConcurrency: 4 };

export async function openProducer({ connectionString, variant }) {
  const boss = await open(connectionString);
  await boss.createQueue(queueName, { notify: true, retryLimit: 7, retryBackoff: true });
  const optionsOf = ({ url }) => (variant === 'grouped' ? { group: { id: url } } : {});
  return {
    addOne: (delivery) => boss.send(queueName, delivery, optionsOf(delivery)),
    addMany: (deliveries) => boss.insert(queueName, deliveries.map((data) => ({ data, ...optionsOf(data) }))),
  };
}

export async function openWorker({ connectionString, concurrency, variant }, deliver) {
  const boss = await open(connectionString);
  const chosen = variant === 'grouped' ? groupedBatching : batching;
  const options = {
    ...chosen,
    localConcurrency: concurrency / chosen.batchSize,
    burstWhenBatchFull: true,
    perJobResults: true,
    pollingIntervalSeconds: 0.5,
  };
  return {
    start: async () => {
      await boss.work(queueName, options, (jobs) => Promise.all(jobs.map((job) => settle(job, deliver))));
    },
  };
}

async function open(connectionString) {
  const boss = new PgBoss({ connectionString, max: poolSize, useListenNotify: true });
  boss.on('error', (error) => console.error(`pg-boss: ${error.message}`));
  await boss.start();
  return boss;
}

async function settle(job, deliver) {
  try {
    const status = await deliver(job.data);
    return { id: job.id, status: 'completed', output: { status, attempt: job.retryCount + 1 } };
  } catch (error) {
    return { id: job.id, status: 'failed', output: { error: error.message } };
  }
}
