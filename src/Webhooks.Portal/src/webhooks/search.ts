import { useQuery } from '@tanstack/react-query';
import type { Schemas } from '../api/client.ts';
import { may } from '../api/session.ts';
import { usePortal } from '../shell/context.ts';
import { useDebounced } from '../ui/useDebounced.ts';
import { newestWebhooksQuery } from './names.ts';
import { webhooksQuery } from './queries.ts';

type Webhook = Schemas['Webhook'];

/** Whether a webhook's URL, description or id has a text in it, whatever its case. */
export function matches({ id, url, description }: Webhook, text: string): boolean {
  const wanted = text.toLowerCase();
  return [id, url, description].some((field) => field?.toLowerCase().includes(wanted));
}

/**
 * The webhooks that have a text in their URL, description or id: of the newest, as they are typed for; and, when there are more than
 * those, of all by their URL, which the API looks for. None for who may not see them.
 */
export function useWebhookSearch(text: string): { found: readonly Webhook[]; isPending: boolean } {
  const { api, session } = usePortal();
  const maySee = may(session, 'webhooks:read') && session.org_id !== null;
  const newest = useQuery({ ...newestWebhooksQuery(api), enabled: maySee });
  const areThereMore = newest.data !== undefined && newest.data.next_cursor !== null;
  const settled = useDebounced(text, 200);
  const older = useQuery({
    ...webhooksQuery(api, { url: settled }, undefined),
    enabled: areThereMore && settled !== '',
    refetchInterval: false,
  });
  const known = (newest.data?.data ?? []).filter((webhook) => matches(webhook, text));
  const more = older.isEnabled ? (older.data?.data ?? []).filter((webhook) => matches(webhook, text)) : [];
  return {
    found: [...known, ...more.filter(({ id }) => !known.some((other) => other.id === id))],
    isPending: newest.isLoading || (areThereMore && settled !== text) || older.isLoading,
  };
}
