// What the browser tests run against: the real server with a PostgreSQL and a queue of its own, and receivers.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { startReceiver } from './receiver.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where the server listens, without a slash at the end. */
    server: string;
    /** A URL that answers every POST with the status that its last part names, as in `/hook/200`. */
    receiver: string;
    /** A token of an organization that allows everything within it. */
    token: string;
    /** How a token is made: the server's program, and where its keys are. */
    tokens: { server: string; data: string };
  }
}

const repository = fileURLToPath(new URL('../../..', import.meta.url));
const builds = ['artifacts/bin/Webhooks.Server/release', 'artifacts/run'].map((folder) =>
  join(repository, folder, 'Webhooks.Server.dll'),
);

export default async function setup({ provide }: TestProject) {
  const program = builds.find(existsSync);
  if (program === undefined) {
    throw new Error('The server is not built: dotnet build src/Webhooks.Server -c Release, or ./run once.');
  }

  const data = mkdtempSync(join(tmpdir(), 'webhooks-portal-'));
  const server = spawn('dotnet', [program, '--local'], {
    cwd: repository,
    env: {
      ...process.env,
      WEBHOOKS_DATA: data,
      PORT: '0',
      QUEUE_PORT: String(await findFreePort()),
      ConnectionStrings__Webhooks: undefined,
      ConnectionStrings__Queues: undefined,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(server, 'exit');
  const url = await Promise.race([readUrl(server.stdout), ended.then(() => null)]);
  if (url === null) {
    throw new Error('The server ended before it was ready.');
  }

  const receiver = await startReceiver();
  provide('server', url);
  provide('receiver', receiver.url);
  provide('token', readFileSync(join(data, 'token'), 'utf8').trim());
  provide('tokens', { server: program, data });
  return async () => {
    await receiver.stop();
    server.kill('SIGTERM');
    await ended;
    rmSync(data, { recursive: true, force: true });
  };
}

/** Reads the server's output until it tells where it listens; the rest is read and dropped, so that it is not held up. */
function readUrl(output: NodeJS.ReadableStream): Promise<string> {
  return new Promise((resolve) => {
    createInterface({ input: output }).on('line', (line) => {
      const [, url] = /Webhooks is running on (http\S+)\. /.exec(line) ?? [];
      if (url !== undefined) {
        resolve(url);
      }
    });
  });
}

async function findFreePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
