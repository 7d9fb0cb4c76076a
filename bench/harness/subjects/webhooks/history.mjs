import { receiverUrls } from '../plan.mjs';
import { handOver, serverUser } from './database.mjs';
import { WebhooksServer } from './server.mjs';

const millisecondsPerWeek = 7 * 24 * 60 * 60 * 1000;

/** Weeks of history, the newest of which is the one before the last: the server makes the partitions of the others by itself. */
const weeks = 8;
const weeksAgo = 2;

const writers = 4;

/** A database with many deliveries, and a server for it. */
export class History {
  #postgres;
  #name;
  #database;
  #server;
  #load;
  #organization;
  #webhooks;

  /** An event type that a tenth of the deliveries are for. */
  static rareEvent = 'payment.failed';

  /**
   * Stores deliveries of several weeks, in a realistic mix of states: most succeeded, a tenth failed, some canceled, and of the newest
   * week some to be tried again later.
   */
  static async open({ directory }, { postgres, workplace }, name, { webhooks, deliveries }) {
    const history = new History();
    history.#postgres = postgres;
    history.#name = name;
    try {
      history.#database = await postgres.create(name);
      await handOver(history.#database);
      history.#server = await WebhooksServer.start(directory, history.#database.npgsqlConnectionString(serverUser), workplace);
      history.#load = await history.#server.startLoad();
      await history.#createWebhooks(webhooks);
      await history.#fill(deliveries);
    } catch (error) {
      await history.close();
      throw error;
    }

    return history;
  }

  /**
   * Opens the history pages of some webhooks.
   *
   * @returns {Promise<(query: object, turn: number) => Promise<object>>} asks for a page of each in turn
   */
  async pages(limit) {
    const token = await this.#load.ask('createToken', { organization: this.#organization });
    return async (query, turn) => {
      const webhook = this.#webhooks[turn % this.#webhooks.length];
      const url = `${this.#server.url}/api/v1/webhooks/${webhook}/deliveries?${new URLSearchParams({ limit, ...query })}`;
      const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
      const page = await answer.json();
      if (page.data?.length !== limit) {
        throw new Error(`a page of history was answered with ${answer.status} and ${page.data?.length} deliveries`);
      }

      return page;
    };
  }

  /**
   * Opens the statistics of all of the history: of the organization by hour, or of some webhooks by day.
   *
   * @returns {Promise<(turn: number) => Promise<void>>} asks for them
   */
  async statistics({ ofWebhooks }) {
    const token = await this.#load.ask('createToken', { organization: this.#organization });
    const window = { from: new Date(startOfWeek(weeks - 1)).toISOString(), to: new Date(startOfWeek(-1)).toISOString() };
    const query = new URLSearchParams({ ...window, interval: ofWebhooks ? 'day' : 'hour', group_by: 'event' });
    return async (turn) => {
      const scope = ofWebhooks ? `webhooks/${this.#webhooks[turn % this.#webhooks.length]}/` : '';
      const answer = await fetch(`${this.#server.url}/api/v1/${scope}stats?${query}`, { headers: { authorization: `Bearer ${token}` } });
      const statistics = await answer.json();
      if (!(statistics.totals?.deliveries > 0)) {
        throw new Error(`statistics were answered with ${answer.status} and ${statistics.totals?.deliveries} deliveries`);
      }
    };
  }

  /** A time with a quarter of the history before it. */
  get early() {
    return new Date(startOfWeek(weeks - 1) + (weeks / 4) * millisecondsPerWeek).toISOString();
  }

  /** Stops the server, which would otherwise do the work that is due now, and makes some of the newest deliveries due. */
  async makeDue(number) {
    await this.#server.stop();
    const due = await this.#database.query(`
      update webhook_deliveries
      set status = 'pending', next_attempt_at = now() - interval '1 minute', attempt_number = 0, attempts = '[]',
          response_status = null, error = null, delivered_at = null
      where id = any (array (select id from ${partitionName(0)} order by id desc limit ${number})) returning id`);
    if (due.length !== number) {
      throw new Error(`${due.length} instead of ${number} deliveries are due`);
    }
  }

  /** Claims what is due. @returns {Promise<number>} how long that took, in milliseconds */
  async claim(limit) {
    const { startedAt, endedAt } = await this.#load.ask('claim', { limit });
    return (endedAt - startedAt) / 1e6;
  }

  async close() {
    await Promise.all([this.#server?.stop(), this.#load?.stop()]);
    await this.#database?.close();
    await this.#postgres.drop(this.#name);
  }

  async #createWebhooks(number) {
    const [url] = receiverUrls('http://127.0.0.1');
    [this.#organization] = await this.#load.ask('createWebhooks', { organizations: [Array.from({ length: number }, () => url)] });
    const rows = await this.#database.query('select id from webhooks order by id');
    this.#webhooks = rows.map(({ id }) => id);
  }

  async #fill(deliveries) {
    const remaining = Array.from({ length: weeks }, (_, week) => week);
    await Promise.all(Array.from({ length: writers }, async () => {
      const connection = await this.#database.connectAgain();
      for (let week = remaining.shift(); week !== undefined; week = remaining.shift()) {
        await fillWeek(connection, week, deliveries / weeks);
      }

      await connection.close();
    }));
    await this.#database.query(`set maintenance_work_mem = '512MB'`);
    for (let week = 0; week < weeks; week++) {
      await this.#database.query(`alter table webhook_deliveries attach partition ${partitionName(week)}
        for values from ('${leastId(startOfWeek(week))}') to ('${leastId(startOfWeek(week - 1))}')`);
    }

    await this.#database.query(countDeliveries);
    await this.#database.query('vacuum (analyze) webhook_deliveries, webhook_statistics');
    await this.#database.query('analyze webhooks');
  }
}

/** What the server would have counted: all of the organization by hour and day, webhooks by day. */
const countDeliveries = `
  insert into webhook_statistics
  select minutes, org_id, scope, date_trunc(unit, created_at, 'UTC') as at, event,
         case when status = 'pending' then '' else coalesce(error, '') end as error,
         count(*), count(*) filter (where status = 'succeeded'), count(*) filter (where status = 'failed'),
         count(*) filter (where status = 'canceled'), 0, count(*) filter (where status = 'succeeded'),
         coalesce(sum(attempt_number) filter (where status in ('succeeded', 'failed')), 0), sum(attempt_number),
         coalesce(sum(attempt_number) filter (where status = 'failed'), 0), array_fill(0, array[29]) || count(*)::int
  from webhook_deliveries cross join lateral (values
    (60, 'hour', '00000000-0000-0000-0000-000000000000'), (1440, 'day', '00000000-0000-0000-0000-000000000000'), (1440, 'day', webhook_id)
  ) as span (minutes, unit, scope)
  group by 1, 2, 3, 4, 5, 6`;

/** Fills the partition of a week; it gets its indexes when it is attached. */
async function fillWeek(connection, week, deliveries) {
  const table = partitionName(week);
  await connection.query(`create table ${table} (like webhook_deliveries including defaults including constraints)`);
  await connection.query(`alter table ${table} owner to ${serverUser}`);
  await connection.query(`
    insert into ${table} (id, webhook_id, org_id, event, event_id, payload, status, attempt_number, next_attempt_at,
                          response_status, response_body, error, duration_ms, attempts, delivered_at, created_at)
    select id, webhook_id, org_id, event, id, jsonb_build_object('event', event, 'data', jsonb_build_object('sequence', sequence)),
           status,
           case status when 'failed' then 6 when 'canceled' then 0 else 1 end,
           case status when 'pending' then now() + interval '1 day' end,
           case status when 'succeeded' then 200 when 'failed' then 500 when 'pending' then 503 end,
           case status when 'failed' then 'out of order' end,
           case status when 'failed' then 'http_status' end,
           12,
           case status when 'canceled' then '[]' else '[{"attempt": 1, "response_status": 200, "duration_ms": 12}]' end::jsonb,
           case status when 'succeeded' then created_at end,
           created_at
    from (
      select (lpad(to_hex(ms), 12, '0') || '7' || substr(random, 1, 3) || '8' || substr(random, 4, 15))::uuid as id,
             webhooks.id as webhook_id, org_id, sequence, to_timestamp(ms / 1000.0) as created_at,
             case (sequence / webhooks) % 10 when 0 then '${History.rareEvent}' else 'invoice.paid' end as event,
             case
               when (sequence / webhooks) % 100 < 86 then 'succeeded'
               when (sequence / webhooks) % 100 < 96 then 'failed'
               when (sequence / webhooks) % 100 < 98 then 'canceled'
               else '${week === 0 ? 'pending' : 'succeeded'}'
             end as status
      from (
        select sequence, md5('${week} ' || sequence) as random,
               ${startOfWeek(week)} + ${millisecondsPerWeek}::bigint * sequence / ${deliveries} as ms
        from generate_series(0, ${deliveries - 1}) as sequence
      ) as delivery
      cross join (select count(*) as webhooks from webhooks) as counted
      join (select id, org_id, row_number() over (order by id) - 1 as number from webhooks) as webhooks
        on webhooks.number = sequence % webhooks
    ) as delivery`);
}

/** Milliseconds since 1970 at which a week begins; week 0 is the newest of the history. */
function startOfWeek(week) {
  const now = new Date();
  const today = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate());
  const daysSinceMonday = (now.getUTCDay() + 6) % 7;
  return today - daysSinceMonday * (millisecondsPerWeek / 7) - (week + weeksAgo) * millisecondsPerWeek;
}

/** The name that the server gives to the partition of a week. */
function partitionName(week) {
  return `webhook_deliveries_${new Date(startOfWeek(week)).toISOString().slice(0, 10).replaceAll('-', '')}`;
}

/** The least id of a time. */
function leastId(milliseconds) {
  const hex = milliseconds.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}
