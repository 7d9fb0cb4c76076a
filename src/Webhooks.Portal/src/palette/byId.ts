import { type Api, answerOf, type Schemas } from '../api/client.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A text as an id, as the API writes it; null when it is none. */
export function idIn(text: string): string | null {
  const id = text.trim().toLowerCase();
  return uuid.test(id) ? id : null;
}

/** The delivery of an id, whatever its webhook; null when there is none. */
export async function findDelivery(api: Api, id: string, signal: AbortSignal): Promise<Schemas['Delivery'] | null> {
  const { data } = await answerOf(api.GET('/api/v1/deliveries', { params: { query: { id } }, signal }));
  return data[0] ?? null;
}
