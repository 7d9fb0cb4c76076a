import { randomInt } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import net from 'node:net';
import { readNumber } from './files.mjs';

/** Whether a server could listen on a port of 127.0.0.1. */
export function isFree(port) {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** Whether a server listens on a port of 127.0.0.1. */
export function isListening(port) {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}

/** A port that nobody uses, from below the range that systems take outgoing connections' ports from, so that it stays free. */
export async function findFree() {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    if (await isFree(port)) {
      return port;
    }
  }
}

/** A port that nobody uses, the same each time for a file, which remembers it, unless somebody else uses it meanwhile. */
export async function keep(file) {
  const kept = readNumber(file);
  if (kept > 0 && await isFree(kept)) {
    return kept;
  }

  const port = await findFree();
  writeFileSync(file, String(port));
  return port;
}
