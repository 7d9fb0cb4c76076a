// graphile-worker: jobs are rows that are deleted when done, so the task itself records the attempt.
import { Logger, makeWorkerUtils, run } from 'graphile-worker';
import pg from 'pg';
import { openAttemptLog } from '../attempt-log.mjs';

const taskName = 'deliver';
const maxAttempts = 8;
const logger = new Logger(() => (level, message) => {
  if (level === 'error' || level === 'warning') {
    console.error(`graphile-worker: ${message}`);
  }
});

export async function openProducer({ connectionString }) {
  const utils = await makeWorkerUtils({ connectionString, maxPoolSize: 32, logger });
  await utils.migrate();
  return {
    addOne: (delivery) => utils.addJob(taskName, delivery, { maxAttempts }),
    addMany: (deliveries) => utils.addJobs(deliveries.map((payload) => ({ identifier: taskName, payload, maxAttempts }))),
  };
}

export async function openWorker({ connectionString, concurrency, variant }, deliver) {
  const maxPoolSize = concurrency + 2;
  const pgPool = openPool(connectionString, maxPoolSize);
  const recordAttempt = openAttemptLog(pgPool, { batched: variant === 'batched' });
  const taskList = {
    [taskName]: async (delivery, { job }) => {
      const status = await deliver(delivery);
      await recordAttempt(delivery.id, job.attempts, status);
    },
  };
  const preset = {
    worker: {
      concurrentJobs: concurrency,
      maxPoolSize,
      localQueue: { size: 500 },
      completeJobBatchDelay: 0,
      failJobBatchDelay: 0,
      logger,
    },
  };
  return { start: async () => { await run({ pgPool, preset, taskList, noHandleSignals: true }); } };
}

function openPool(connectionString, max) {
  const complain = (error) => console.error(`graphile-worker: ${error.message}`);
  const pool = new pg.Pool({ connectionString, max });
  pool.on('error', complain);
  pool.on('connect', (client) => client.on('error', complain));
  return pool;
}
