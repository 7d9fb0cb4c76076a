import { inject } from 'vitest';
import { call } from './browser.ts';

/** What the tests look at of a webhook. */
export interface Webhook {
  id: string;
  url: string | null;
  mode: string;
  events: string[];
  description: string | null;
  retry_delays: number[] | null;
  timeout_seconds: number | null;
  payload_format: string;
  headers: Record<string, string> | null;
  metadata: Record<string, string>;
  keep_skipped: boolean;
  active: boolean;
  filter: object | null;
  transform: string | null;
  secret: string;
  secret_hint: string;
  previous_secret_expires_at: string | null;
}

/** The token of a link to the portal. */
export const portalToken = async (session: object) =>
  new URL((await call<{ url: string }>('POST', '/portal/sessions', session)).url).hash.replace('#token=', '');

/** How every screen is looked at. */
export const looks = [
  { viewport: { width: 1440, height: 900 }, colorScheme: 'light' },
  { viewport: { width: 1440, height: 900 }, colorScheme: 'dark' },
  { viewport: { width: 360, height: 740 }, colorScheme: 'light' },
  { viewport: { width: 360, height: 740 }, colorScheme: 'dark' },
] as const;

/** Makes a webhook whose receiver answers with the status that the path ends with. */
export async function register(path: string, fields: object = {}): Promise<Webhook> {
  const url = inject('receiver') + path;
  return await call<Webhook>('POST', '/webhooks', { url, events: ['invoice.paid', 'user.created'], ...fields });
}
