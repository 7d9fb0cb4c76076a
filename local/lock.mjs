import { rmSync } from 'node:fs';
import net from 'node:net';
import { Failure } from './processes.mjs';

/**
 * The path of the socket that is the lock. It may have about 100 characters, so it is given relative to the data directory,
 * which is the current one.
 */
const path = 'services.sock';

/**
 * Makes this process the only one to use the data directory, which must be the current directory. A listening socket is
 * the lock, since the system gives it back however its holder ends. A holder that is stopping is waited for.
 *
 * @param {string} directory for the message
 * @param {(text: string) => void} report tells of progress
 * @returns {Promise<{ stopping: () => void }>} `stopping` tells whoever asks that it is worth waiting
 */
export async function lock(directory, report) {
  for (;;) {
    const holder = await ask();
    if (holder === undefined) {
      rmSync(path, { force: true });
      return listen();
    }

    if (!holder.stopping) {
      throw new Failure(`${directory} is in use by another run (process ${holder.pid}). `
        + 'Stop that one, or give this one its own: WEBHOOKS_DATA=.data2 PORT=8085 QUEUE_PORT=10002 ./run');
    }

    report('Waiting for the previous run to stop');
    await holder.gone;
  }
}

function listen() {
  let stopping = false;
  const server = net.createServer((asker) => {
    asker.on('error', () => {});
    asker.write(JSON.stringify({ pid: process.pid, stopping }) + '\n');
  });
  server.unref();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => resolve({ stopping: () => { stopping = true; } }));
  });
}

/** The lock's holder, or nothing when nobody holds it. */
function ask() {
  return new Promise((resolve, reject) => {
    const socket = net.connect(path);
    const gone = new Promise((resolveGone) => socket.once('close', resolveGone));
    socket.once('data', (answer) => resolve({ ...JSON.parse(answer), gone }));
    socket.once('end', () => resolve(undefined));
    socket.on('error', (error) =>
      ['ENOENT', 'ECONNREFUSED', 'ECONNRESET'].includes(error.code) ? resolve(undefined) : reject(error));
  });
}
