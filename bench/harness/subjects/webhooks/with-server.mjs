import { setTimeout as wait } from 'node:timers/promises';
import { meterCpu } from '../../processes/cpu.mjs';
import { untilNonePending } from './deliveries.mjs';
import { handOver, serverUser } from './database.mjs';
import { createWebhooks, inArrays, oneByOne } from './load.mjs';
import { WebhooksServer } from './server.mjs';

const warmUps = 3;
const warmUpEvents = 2000;
const quietMs = 500;

/**
 * Runs `measure` with an empty database, a warm server and the program that publishes to it, and stops them.
 *
 * @param {{ directory: string }} subject
 * @param {(use: {
 *   database: import('../../services/database.mjs').Database, server: WebhooksServer,
 *   load: import('../../processes/member.mjs').Member, meter: () => () => object,
 * }) => Promise<T>} measure
 * @returns {Promise<T>}
 * @template T
 */
export async function withServer({ directory }, services, measure) {
  const started = [];
  await services.postgres.reset();
  const { database } = services.postgres;
  await handOver(database);
  try {
    const server = await WebhooksServer.start(directory, database.npgsqlConnectionString(serverUser), services.workplace);
    started.push(server);
    const load = await server.startLoad();
    started.push(load);
    await warmUp(load, services.nginx.origin, database);
    return await measure({
      database,
      server,
      load,
      meter: () => meterCpu({
        senders: [server.pid],
        producer: [load.pid],
        store: [services.postgres.pid],
        receiver: [services.nginx.pid],
      }),
    });
  } finally {
    await Promise.all(started.map((process) => process.stop()));
  }
}

/** Has the server do everything often enough to be compiled for speed. */
async function warmUp(load, origin, database) {
  const organizations = await createWebhooks(load, [`${origin}/warm-up/1`, `${origin}/warm-up/2`]);
  await untilCompiled(database, async () => {
    await load.ask('publish', { organizations, events: warmUpEvents, ...inArrays });
    await load.ask('publish', { organizations, events: warmUpEvents, ...oneByOne });
  });
}

/** Has the server do the deliveries that `publish` asks for so often that it has compiled its code for speed. */
export async function untilCompiled(database, publish) {
  for (let round = 0; round < warmUps; round++) {
    await publish();
    await untilNonePending(database);
    // The compiler works when nothing new has come for a while.
    await wait(quietMs);
  }
}
