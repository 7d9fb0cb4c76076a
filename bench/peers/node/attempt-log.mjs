// Records attempts in PostgreSQL, for a library that keeps no result of its own. Either way, a record resolves when its row is committed.

const mostPerInsert = 500;

/** Returns record(deliveryId, attempt, status). Batched, attempts that end while an INSERT is under way share the next one. */
export function openAttemptLog(pool, { batched }) {
  return batched ? insertBatched(pool) : insertEach(pool);
}

function insertEach(pool) {
  return (deliveryId, attempt, status) => pool.query({
    name: 'record-attempt',
    text: 'insert into delivery_attempt (delivery_id, attempt, status) values ($1, $2, $3)',
    values: [deliveryId, attempt, status],
  });
}

function insertBatched(pool) {
  const waiting = [];
  let flushing = false;

  return (deliveryId, attempt, status) => new Promise((resolve, reject) => {
    waiting.push({ deliveryId, attempt, status, resolve, reject });
    if (!flushing) {
      flush();
    }
  });

  async function flush() {
    flushing = true;
    while (waiting.length > 0) {
      const batch = waiting.splice(0, mostPerInsert);
      try {
        await pool.query({
          name: 'record-attempts',
          text: 'insert into delivery_attempt (delivery_id, attempt, status) select * from unnest($1::bigint[], $2::int[], $3::int[])',
          values: [batch.map((item) => item.deliveryId), batch.map((item) => item.attempt), batch.map((item) => item.status)],
        });
        batch.forEach(({ resolve }) => resolve());
      } catch (error) {
        batch.forEach(({ reject }) => reject(error));
      }
    }

    flushing = false;
  }
}
