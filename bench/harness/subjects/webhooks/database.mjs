// What the database says about a server's work. The server has a user of its own, so that its statements can be told from ours.
import { payloadBytes } from '../plan.mjs';

export const serverUser = 'webhooks';

/** Makes an empty database the server's, and has its statements counted. */
export async function handOver(database) {
  await database.query(`do $$ begin
    if not exists (select from pg_roles where rolname = '${serverUser}') then create role ${serverUser} login; end if;
    execute format('alter database %I owner to ${serverUser}', current_database());
    execute format('alter database %I set pg_stat_statements.track = top', current_database());
  end $$`);
  await database.query('create extension pg_stat_statements');
}

/** Starts to count what the server asks of the database. @returns {Promise<() => Promise<object>>} the counts since then */
export async function countStatements(database) {
  await database.query('select pg_stat_statements_reset()');
  const before = await countWrites(database);
  return async () => {
    const counted = await database.query(`
      select calls::int, rows::int, round(total_exec_time)::int as ms, regexp_replace(query, '\\s+', ' ', 'g') as text
      from pg_stat_statements where userid = '${serverUser}'::regrole order by calls desc`);
    return {
      calls: counted.reduce((sum, { calls }) => sum + calls, 0),
      writingTransactions: await countWrites(database) - before,
      mostFrequent: counted.slice(0, 10).map(({ calls, rows, ms, text }) => ({ calls, rows, ms, text: text.slice(0, 100) })),
    };
  };
}

/** Whether some delivery is still to be made or recorded: of certain organizations, or of any. */
export async function hasPending(database, organizations = null) {
  const [{ pending }] = await database.query(`select exists (
    select from webhook_deliveries where status = 'pending' and ($1::uuid[] is null or org_id = any ($1))) as pending`, [organizations]);
  return pending;
}

/** The attempts that are on record of some organizations' deliveries. */
export async function countAttempts(database, organizations) {
  const [{ attempts }] = await database.query(
    'select coalesce(sum(attempt_number), 0)::int as attempts from webhook_deliveries where org_id = any ($1)', [organizations]);
  return attempts;
}

/**
 * Counts what has become of deliveries while they were made: those delivered at their only attempt, those untouched,
 * and what should not be.
 */
export async function countOutcomes(database, organizations) {
  const succeeded = `status = 'succeeded' and attempt_number = 1 and jsonb_array_length(attempts) = 1`;
  const untouched = `status = 'pending' and attempt_number = 0 and lease_token is null`;
  const [counts] = await database.query(`
    select count(*) filter (where ${succeeded})::int as deliveries,
           count(*) filter (where ${untouched})::int as untouched,
           count(*) filter (where not (${succeeded}) and not (${untouched}))::int as "neither delivered nor untouched"
    from webhook_deliveries where org_id = any ($1)`, [organizations]);
  return counts;
}

/**
 * Looks for what should be on record and is not: each event has its deliveries, and each of them succeeded at its only attempt.
 *
 * @param {{ organizations: string[], events: number, fanOut: number }} expected
 * @returns {Promise<string[]>} what is wrong
 */
export async function findMissing(database, { organizations, events, fanOut }) {
  const [found] = await database.query(`
    select count(*)::int as deliveries,
           count(distinct event_id)::int as events,
           count(*) filter (where status = 'succeeded' and response_status = 200 and delivered_at is not null)::int as succeeded,
           count(*) filter (where attempt_number = 1 and jsonb_array_length(attempts) = 1)::int as "with one attempt",
           count(*) filter (where octet_length(payload::text) = ${payloadBytes})::int as "of ${payloadBytes} bytes"
    from webhook_deliveries where org_id = any ($1)`, [organizations]);
  const deliveries = events * fanOut;
  return Object.entries(found)
    .map(([what, number]) => [what, number, what === 'events' ? events : deliveries])
    .filter(([, number, wanted]) => number !== wanted)
    .map(([what, number, wanted]) => `${number} instead of ${wanted} ${inWords(what)}`);
}

function inWords(what) {
  switch (what) {
    case 'events':
      return 'events';
    case 'deliveries':
      return 'deliveries stored';
    default:
      return `deliveries ${what}`;
  }
}

/** Transactions that have changed anything so far, in all databases. */
async function countWrites(database) {
  const [{ next }] = await database.query('select pg_snapshot_xmax(pg_current_snapshot())::text as next');
  return Number(next);
}
