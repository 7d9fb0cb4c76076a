// The peers: which library, on which store, with how many worker processes, and how to count the deliveries whose result is on record
// there. Processes and deliveries in flight are those at which each did best, within 50 to 200 in flight.
import { inBench } from '../../processes/children.mjs';
import { Member } from '../../processes/member.mjs';

const onPostgres = {
  store: ({ postgres }) => postgres,
  reset: ({ postgres }) => postgres.reset(),
};

const inNode = {
  command: (config) => [process.execPath, inBench('peers/node/member.mjs'), config],
  connection: ({ postgres }) => ({ connectionString: postgres.database.url }),
  workerProcesses: 2,
  inFlight: 200,
  enqueuesInBulk: true,
};

const graphileWorker = {
  ...inNode,
  ...onPostgres,
  library: 'graphile-worker',
  reset: async ({ postgres }) => {
    await postgres.reset();
    await postgres.database.query(`create table delivery_attempt (
      id bigint generated always as identity primary key,
      delivery_id bigint not null, attempt int not null, status int not null,
      finished_at timestamptz not null default now())`);
  },
  countRecorded: ({ postgres }) => postgres.database.count(`select count(*) from delivery_attempt
    where status = 200 and not exists (select from graphile_worker._private_jobs)`),
};

const pgBoss = {
  ...inNode,
  ...onPostgres,
  library: 'pg-boss',
  countRecorded: ({ postgres }) => postgres.database.count(`select count(*) from pgboss.job
    where state = 'completed' and (output ->> 'status')::int = 200`),
};

const hangfire = {
  ...onPostgres,
  library: 'hangfire',
  command: (config) => dotnetCommand(config),
  connection: ({ postgres }) => ({ connectionString: postgres.database.npgsqlConnectionString() }),
  workerProcesses: 1,
  inFlight: 50,
  enqueuesInBulk: false,
  countRecorded: ({ postgres }) => postgres.database.count(`select count(*) from hangfire.job where statename = 'Succeeded'`),
};

export const peers = {
  'graphile-worker': graphileWorker,
  'graphile-worker, results batched': { ...graphileWorker, variant: 'batched' },
  'pg-boss': pgBoss,
  'pg-boss, grouped by receiver': { ...pgBoss, variant: 'grouped' },
  'BullMQ, fsync every second': bullmq('everysec'),
  'BullMQ, fsync always': bullmq('always'),
  Hangfire: hangfire,
};

/** Whether a peer keeps its jobs in PostgreSQL. */
export function isOnPostgres(name) {
  return peers[name].store === onPostgres.store;
}

/** Starts a process of the peers in .NET. */
export function startDotnetMember(config) {
  return Member.start(`${config.library} ${config.role ?? ''}`, dotnetCommand(JSON.stringify(config)));
}

export function startProducer(peer, services) {
  return startMember(peer, services, { role: 'producer' });
}

export function startWorkers(peer, services) {
  const concurrency = peer.inFlight / peer.workerProcesses;
  return Promise.all(Array.from({ length: peer.workerProcesses }, () => startMember(peer, services, { role: 'worker', concurrency })));
}

function startMember(peer, services, { role, concurrency }) {
  const config = {
    library: peer.library,
    variant: peer.variant,
    role,
    concurrency,
    ...peer.connection(services),
    warmUpUrl: `${services.nginx.origin}/warm-up`,
    stallOrigin: services.stallingSink.origin,
  };
  return Member.start(`${peer.library} ${role}`, peer.command(JSON.stringify(config)));
}

function bullmq(appendfsync) {
  return {
    ...inNode,
    library: 'bullmq',
    store: ({ redis }) => redis,
    reset: ({ redis }) => redis.reset(appendfsync),
    connection: ({ redis }) => ({ redisPort: redis.port }),
    countRecorded: ({ redis }) => redis.client.zcard('bull:deliveries:completed'),
  };
}

function dotnetCommand(config) {
  return ['dotnet', inBench('../artifacts/bin/Peers/release/Peers.dll'), config];
}
