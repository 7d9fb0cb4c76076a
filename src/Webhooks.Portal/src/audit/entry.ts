import type { Schemas } from '../api/client.ts';
import type { operations } from '../api/schema.d.ts';

type Entry = Schemas['AuditEntry'];

/** The kinds of change that the API tells apart. */
type Action = NonNullable<NonNullable<operations['ListAudit']['parameters']['query']>['action']>;

const sentences: Readonly<Record<Action, string>> = {
  'webhook.created': 'Created a webhook',
  'webhook.updated': 'Changed a webhook',
  'webhook.enabled': 'Activated a webhook',
  'webhook.disabled': 'Deactivated a webhook',
  'webhook.deleted': 'Deleted a webhook',
  'secret.rotated': 'Rotated a secret',
  'secret.promoted': 'Promoted a new secret',
  'secret.overlap_ended': 'Ended the overlap of a rotation',
  'delivery.redelivered': 'Redelivered a delivery',
  'delivery.canceled': 'Canceled a delivery',
  'deliveries.canceled': 'Canceled a backlog',
  'delivery.redacted': 'Erased what a delivery carried',
  'organization.updated': 'Changed the organization',
  'organization.erased': 'Erased the organization',
  'recovery.created': 'Began a recovery',
  'recovery.paused': 'Paused a recovery',
  'recovery.resumed': 'Resumed a recovery',
  'recovery.canceled': 'Canceled a recovery',
  'api_key.created': 'Made an API key',
  'api_key.revoked': 'Revoked an API key',
  'portal_session.created': 'Made a portal link',
  'portal_session.revoked': 'Revoked a portal link',
  'event_type.created': 'Made an event type',
  'event_type.updated': 'Changed an event type',
  'event_type.deleted': 'Deleted an event type',
};

/** Actions and what was done, for a filter. */
export const actionChoices = Object.entries(sentences);

/** A text as an action; undefined when there is none of that name. */
export const actionOf = (text: string | undefined): Action | undefined =>
  text !== undefined && text in sentences ? (text as Action) : undefined;

/** What was done, in words. */
export function sentenceOf({ action }: Pick<Entry, 'action'>): string {
  const known = actionOf(action);
  return known === undefined ? action : sentences[known];
}

/** Where the thing that was changed is looked at; null when there is no such place (any more). */
export function placeOf({
  action,
  resource: { kind, id },
  webhook_id,
}: Pick<Entry, 'action' | 'resource' | 'webhook_id'>): string | null {
  if (action.endsWith('.deleted')) {
    return null;
  }

  switch (kind) {
    case 'webhook':
      return `/webhooks/${id}`;
    case 'delivery':
      return `/webhooks/${webhook_id}/deliveries/${id}`;
    case 'recovery':
      return `/webhooks/${webhook_id}/recover`;
    case 'event_type':
      return `/event-types/${id}`;
    default:
      return null;
  }
}

/** What a thing was called that was made or is gone, as its entry tells; null when it tells nothing of that. */
export function nameIn({ action, changes }: Pick<Entry, 'action' | 'changes'>): string | null {
  const named = changes.find(({ field }) => field === 'name' || (field === 'url' && action.endsWith('.deleted')));
  const name = named?.after ?? named?.before;
  return typeof name === 'string' ? name : null;
}

/** A field's value in the words of a reader. */
export function wordsOf(value: unknown): string {
  if (value === null || value === undefined) {
    return 'nothing';
  }

  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) {
    return value.length === 0 ? 'none' : value.join(', ');
  }

  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}
