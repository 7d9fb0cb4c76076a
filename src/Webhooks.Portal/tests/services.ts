import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { repository } from './server.ts';

interface Services {
  /** What makes a server use them. */
  environment: Record<string, string>;
  stop: () => Promise<void>;
}

/** Starts a PostgreSQL and a queue, which end with this process at the latest. */
export async function startServices(data: string): Promise<Services> {
  const script = `${repository}local/services.mjs`;
  const services = spawn(process.execPath, [script, '--data', data, '--postgres', '--queue', '--no-fsync'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(services, 'exit');
  for await (const line of createInterface({ input: services.stdout })) {
    const { ready, failed } = JSON.parse(line);
    if (failed !== undefined) {
      throw new Error(failed);
    }

    if (ready !== undefined) {
      services.stdout.resume();
      return {
        environment: { ConnectionStrings__Webhooks: ready.postgres, ConnectionStrings__Queues: ready.queues },
        stop: async () => {
          services.stdin.end();
          await ended;
        },
      };
    }
  }

  throw new Error('The services ended before they were ready.');
}
