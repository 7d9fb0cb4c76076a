// How events are published, or stored, and to whom they go.
import { batch, fanOut, receiverUrls } from '../plan.mjs';

/** Events published in arrays. */
export const inArrays = { batch, connections: 2 };

/** Events published one by one. */
export const oneByOne = { batch: 1, connections: 64 };

/** Events published one by one that go to many webhooks each. */
export const fannedOut = { batch: 1, connections: 16 };

/** Events stored without a server. */
export const stored = { batch, writers: 2 };

/** Events stored without a server that go to many webhooks each: a statement inserts a thousand deliveries. */
export const storedFannedOut = { batch: 20, writers: 4 };

/** Makes an organization with one webhook for each URL. @returns {Promise<string[]>} the organizations */
export function createWebhooks(load, urls) {
  return load.ask('createWebhooks', { organizations: urls.map((url) => [url]) });
}

/** Makes one organization whose webhooks have a filter that no event passes. @returns {Promise<string[]>} the organization */
export function createFiltered(load, origin, count) {
  const urls = Array.from({ length: count }, (_, index) => `${origin}/filtered/${index}`);
  return load.ask('createWebhooks', { organizations: [urls], filter: { data: { amount: { $gte: 100 }, currency: 'EUR' } } });
}

/** Makes an organization of one webhook whose transform takes next to no time. @returns {Promise<string[]>} the organization */
export function createTransformed(load, origin) {
  const transform = "function handler(webhook) { webhook.payload.kind = webhook.event.split('.')[0]; return webhook; }";
  return load.ask('createWebhooks', { organizations: [[`${origin}/transformed`]], transform });
}

/** Makes organizations of one webhook whose transform never ends by itself. @returns {Promise<string[]>} the organizations */
export function createEndless(load, origin, count) {
  const organizations = Array.from({ length: count }, (_, index) => [`${origin}/endless/${index}`]);
  // An empty loop would soon have run as many statements as a script may.
  const transform = "function handler(webhook) { for (;;) /^(a+)+$/.test('a'.repeat(40) + '!'); }";
  return load.ask('createWebhooks', { organizations, transform });
}

/** Makes one organization whose webhooks get every event. @returns {Promise<string[]>} the organization */
export function createFanOut(load, origin) {
  return load.ask('createWebhooks', { organizations: [receiverUrls(origin).slice(0, fanOut)] });
}
