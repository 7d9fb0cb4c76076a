import { execFileSync } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { Redis as Client } from 'ioredis';
import { findFree } from '../../../local/ports.mjs';
import { start, stop } from '../processes/children.mjs';

/** Redis with an append-only file, for the peers that keep their jobs there. */
export class Redis {
  #child;

  static async start(workplace) {
    const redis = new Redis();
    redis.port = await findFree();
    redis.#child = start('redis-server', [
      '--bind', '127.0.0.1', '--port', String(redis.port), '--dir', workplace, '--save', '',
      '--appendonly', 'yes', '--appendfsync', 'everysec', '--maxmemory-policy', 'noeviction',
    ], { stdio: ['ignore', 'ignore', 'inherit'] });
    redis.client = new Client({ host: '127.0.0.1', port: redis.port, retryStrategy: () => 50, maxRetriesPerRequest: null });
    redis.client.on('error', () => {});
    await redis.client.ping();
    return redis;
  }

  get pid() {
    return this.#child.pid;
  }

  get version() {
    return execFileSync('redis-server', ['--version'], { encoding: 'utf8' }).split(' ').slice(0, 3).join(' ');
  }

  /** Empties it and its file. */
  async reset(appendfsync) {
    await this.client.flushall();
    await this.client.config('SET', 'appendfsync', appendfsync);
    await this.client.bgrewriteaof();
    while (/aof_rewrite_in_progress:1|aof_rewrite_scheduled:1/.test(await this.client.info('persistence'))) {
      await wait(20);
    }
  }

  async stop() {
    this.client.disconnect();
    await stop(this.#child);
  }
}
