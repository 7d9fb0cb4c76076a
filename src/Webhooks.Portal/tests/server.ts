import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const repository = fileURLToPath(new URL('../../..', import.meta.url));

const builds = ['artifacts/bin/Webhooks.Server/release', 'artifacts/run'].map(
  (folder) => `${repository}${folder}/Webhooks.Server.dll`,
);

/** The server's program, as it was built. */
export function findProgram(): string {
  const program = builds.find(existsSync);
  if (program === undefined) {
    throw new Error('The server is not built: dotnet build src/Webhooks.Server -c Release, or ./run once.');
  }

  return program;
}

interface Running {
  url: string;
  stop: () => Promise<void>;
}

/** Starts a server on a port of its own, and waits until it is ready. */
export async function startServer(environment: NodeJS.ProcessEnv): Promise<Running> {
  const server = spawn('dotnet', [findProgram(), '--local'], {
    cwd: repository,
    env: { ...process.env, PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(server, 'exit');
  const url = await Promise.race([readUrl(server.stdout), ended.then(() => null)]);
  if (url === null) {
    throw new Error('The server ended before it was ready.');
  }

  return {
    url,
    stop: async () => {
      server.kill('SIGTERM');
      await ended;
    },
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
