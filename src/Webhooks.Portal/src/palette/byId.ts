import { type Api, answerOf, type Schemas } from '../api/client.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** How far the clocks of those who make ids and of the database may be apart, in milliseconds. */
const clocksDiffer = 5_000;

/** How many pages of deliveries are looked through. */
const mostPages = 20;

/** A text as an id, as the API writes it; null when it is none. */
export function idIn(text: string): string | null {
  const id = text.trim().toLowerCase();
  return uuid.test(id) ? id : null;
}

/** When an id was made, in milliseconds (UUID version 7, RFC 9562, section 5.7); null when it does not tell. */
export const timeOf = (id: string): number | null =>
  id[14] === '7' ? Number.parseInt(id.replace('-', '').slice(0, 12), 16) : null;

/**
 * The delivery of an id, whatever its webhook: the id tells when it was made, and deliveries are listed by their ids, the greatest
 * first. Null when there is none, or when it came long after its id was made, as of an event that was published with an id of old.
 */
export async function findDelivery(api: Api, id: string, signal: AbortSignal): Promise<Schemas['Delivery'] | null> {
  const madeAt = timeOf(id);
  if (madeAt === null) {
    return null;
  }

  const from = new Date(madeAt - clocksDiffer).toISOString();
  const to = new Date(madeAt + clocksDiffer).toISOString();
  let cursor: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    const { data, next_cursor } = await answerOf(
      api.GET('/api/v1/deliveries', { params: { query: { from, to, cursor, limit: 100 } }, signal }),
    );
    const found = data.find((delivery) => delivery.id === id);
    const last = data.at(-1);
    if (found !== undefined || next_cursor === null || (last !== undefined && last.id < id)) {
      return found ?? null;
    }
    cursor = next_cursor;
  }

  return null;
}
