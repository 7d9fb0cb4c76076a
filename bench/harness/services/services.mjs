import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Nginx } from './nginx.mjs';
import { Postgres } from './postgres.mjs';
import { Redis } from './redis.mjs';
import { Sink } from './sink.mjs';

/**
 * Starts what all subjects share, in a directory that goes away with it.
 *
 * @returns {Promise<{
 *   workplace: string, postgres: Postgres, redis: Redis, nginx: Nginx, stallingSink: Sink, timingSink: Sink,
 *   stop: () => Promise<void>,
 * }>}
 */
export async function startServices() {
  const workplace = mkdtempSync(join(process.env.BENCH_TMP ?? tmpdir(), 'webhooks-bench-'));
  // PostgreSQL runs as another user when this process is root's.
  chmodSync(workplace, 0o755);
  const starting = {
    postgres: Postgres.start(workplace),
    redis: Redis.start(workplace),
    nginx: Nginx.start(workplace),
    stallingSink: Sink.start('stalling-sink.mjs'),
    timingSink: Sink.start('timing-sink.mjs'),
  };
  const stop = async () => {
    const settled = await Promise.allSettled(Object.values(starting));
    await Promise.all(settled.filter(({ status }) => status === 'fulfilled').map(({ value }) => value.stop()));
    rmSync(workplace, { recursive: true, force: true });
  };

  try {
    const started = await Promise.all(Object.entries(starting).map(async ([name, service]) => [name, await service]));
    return { workplace, ...Object.fromEntries(started), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
