// What the browser tests run against: the real server with a PostgreSQL and a queue of its own, and receivers.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startReceiver } from './receiver.ts';
import { findProgram, startServer } from './server.ts';
import { startServices } from './services.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where the server listens, without a slash at the end. */
    server: string;
    /** What another server needs to be one of the same installation: its environment. */
    installation: Record<string, string>;
    /** A URL that answers every POST with the status that its last part names, as in `/hook/200`. */
    receiver: string;
    /** A token of an organization that allows everything within it. */
    token: string;
    /** How a token is made: the server's program, and where its keys are. */
    tokens: { server: string; data: string };
  }
}

export default async function setup({ provide }: TestProject) {
  const program = findProgram();
  const data = mkdtempSync(join(tmpdir(), 'webhooks-portal-'));
  const services = await startServices(join(data, 'services'));
  const installation = { WEBHOOKS_DATA: data, ...services.environment };
  const server = await startServer(installation);
  const receiver = await startReceiver();
  provide('server', server.url);
  provide('installation', installation);
  provide('receiver', receiver.url);
  provide('token', readFileSync(join(data, 'token'), 'utf8').trim());
  provide('tokens', { server: program, data });
  return async () => {
    await receiver.stop();
    await server.stop();
    await services.stop();
    rmSync(data, { recursive: true, force: true });
  };
}
