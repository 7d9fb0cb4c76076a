// Runs PostgreSQL and a storage queue (--queue) or a whole storage account (--storage) for local use, and stops them as soon
// as its standard input closes: so they end with the process that holds the other end, however that one ends. Signals, which
// a whole process group may get, are left to that process: it needs the services until it has finished its work. With
// --remove, the data directory goes with them.
//
// Tells what happens on standard output, one JSON object a line: {"progress": text}, {"ready": {"postgres": connection
// string, "queues": connection string}}, {"failed": text}.
import { accessSync, constants, mkdirSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Azurite } from './azurite.mjs';
import { lock } from './lock.mjs';
import { Postgres } from './postgres.mjs';
import { Failure } from './processes.mjs';

const { values: options } = parseArgs({
  options: {
    data: { type: 'string' },
    postgres: { type: 'boolean' },
    queue: { type: 'boolean' },
    storage: { type: 'boolean' },
    'queue-port': { type: 'string', default: '0' },
    'no-fsync': { type: 'boolean' },
    remove: { type: 'boolean' },
  },
});

/** Each service that was started, with the promise of its connection string. */
const started = [];
let held;
let stopped;

process.stdout.on('error', () => {});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {});
}

process.stdin.on('end', () => stop(0)).on('error', () => stop(0)).resume();

try {
  const directory = openDirectory(options.data);
  held = await lock(directory, report);
  await startAll(directory);
} catch (error) {
  await fail(error);
}

async function startAll(directory) {
  const [postgres, queues] = await Promise.all([
    options.postgres && startService(new Postgres(join(directory, 'postgres'), { isDurable: !options['no-fsync'] })),
    (options.queue || options.storage) &&
      startService(new Azurite(join(directory, 'queue'), Number(options['queue-port']), { isWhole: options.storage === true })),
  ]);
  for (const { service } of started) {
    service.ended.then((how) => fail(new Failure(`${service.name} ended by itself (${how}). Its log: ${service.log}`)));
  }

  tell({ ready: { postgres, queues } });
}

function startService(service) {
  if (stopped) {
    return undefined;
  }

  const connectionString = service.start(report);
  started.push({ service, connectionString });
  return connectionString;
}

async function fail(error) {
  if (!stopped) {
    tell({ failed: error instanceof Failure ? error.message : `The local services failed: ${error.stack}` });
    await stop(1);
  }
}

/** Stops everything and then this process; the first call decides the exit code. */
function stop(exitCode) {
  stopped ??= Promise.all(started.map(stopService)).then(removeData).finally(() => process.exit(exitCode));
  held?.stopping();
  return stopped;
}

/** Stops a service; one that is still starting is stopped twice: what it does at the moment, and what its start ends with. */
async function stopService({ service, connectionString }) {
  await service.stop();
  await connectionString.catch(() => {});
  await service.stop();
}

function removeData() {
  if (options.remove && held) {
    rmSync(process.cwd(), { recursive: true, force: true });
  }
}

/** Makes the data directory and goes there. */
function openDirectory(path) {
  try {
    mkdirSync(path, { recursive: true });
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new Failure(`The data directory ${path} cannot be used (${error.code}). Choose another: WEBHOOKS_DATA=/path/to/directory ./run`);
  }

  process.chdir(path);
  return realpathSync('.');
}

function report(progress) {
  if (!stopped) {
    tell({ progress });
  }
}

function tell(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
