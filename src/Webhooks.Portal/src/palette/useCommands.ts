import { useQuery } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import { useApi, useMay, usePortal } from '../shell/context.ts';
import { screensFor } from '../shell/navigation.ts';
import { isDark, switchTheme } from '../shell/theme.ts';
import { useWebhookSearch } from '../webhooks/search.ts';
import { nameOf } from '../webhooks/state.ts';
import { useMayCreate } from '../webhooks/useMayCreate.ts';
import { findDelivery, idIn } from './byId.ts';
import { type Command, type CommandGroup, narrow } from './command.ts';

const mostWebhooks = 8;

/** What a text leads to: what it is the id of, and the screens, webhooks and actions that have it in their names. */
export function useCommands(text: string): { groups: readonly CommandGroup[]; isPending: boolean } {
  const { session } = usePortal();
  const goTo = useGoTo();
  const seesDeliveries = useMay('webhooks:read') && session.org_id !== null;
  const byId = useCommandsOfId(seesDeliveries ? idIn(text) : null);
  const webhooks = useWebhookSearch(text);
  const screens = screensFor(session).map(({ path, name }) => goTo(path, name));
  const actions = useActions();
  const groups = [
    { name: 'This id', items: byId.commands },
    { name: 'Screens', items: narrow(screens, text) },
    {
      name: 'Webhooks',
      items: webhooks.found
        .slice(0, mostWebhooks)
        .map((webhook) => goTo(`/webhooks/${webhook.id}`, nameOf(webhook), webhook.description ?? undefined)),
    },
    { name: 'Actions', items: narrow(actions, text) },
  ];
  return {
    groups: groups.filter(({ items }) => items.length > 0),
    isPending: byId.isPending || webhooks.isPending,
  };
}

function useGoTo() {
  const [, navigate] = useLocation();
  return (path: string, name: string, hint?: string): Command => ({
    id: path,
    name,
    ...(hint === undefined || hint === name ? {} : { hint }),
    run: () => navigate(path),
  });
}

/** What an id that was pasted may be the id of. */
function useCommandsOfId(id: string | null): { commands: readonly Command[]; isPending: boolean } {
  const api = useApi();
  const goTo = useGoTo();
  const delivery = useQuery({
    queryKey: ['delivery by id', id],
    queryFn: ({ signal }) => findDelivery(api, id ?? '', signal),
    enabled: id !== null,
  });
  if (id === null) {
    return { commands: [], isPending: false };
  }

  const event = goTo(`/events/${id}`, 'Event with this id', 'What each webhook did with it');
  const webhook = goTo(`/webhooks/${id}`, 'Webhook with this id');
  const found = delivery.data ?? null;
  return {
    commands:
      found === null
        ? [event, webhook]
        : [goTo(`/webhooks/${found.webhook_id}/deliveries/${id}`, `Delivery of ${found.event}`, found.status)],
    isPending: delivery.isPending,
  };
}

/** What can be done from anywhere. */
function useActions(): readonly Command[] {
  const goTo = useGoTo();
  const mayCreate = useMayCreate();
  const mayChangeTypes = useMay('event-types:write');
  const root = document.documentElement;
  return [
    ...(mayCreate ? [goTo('/webhooks/new', 'New webhook')] : []),
    ...(mayChangeTypes
      ? [goTo('/event-types/new', 'New event type'), goTo('/event-types/import', 'Import event types')]
      : []),
    {
      id: 'theme',
      name: isDark(root) ? 'Light colours' : 'Dark colours',
      hint: 'As long as this page is open',
      run: () => switchTheme(root),
    },
  ];
}
