import type { Schemas } from '../../api/client.ts';
import { type Draft, draftOf, type Fields, fieldsOf } from './draft.ts';

type Webhook = Schemas['Webhook'];

/** A field that somebody else has changed. */
export interface Conflict {
  field: string;
  theirs: unknown;
  /** What the draft says; undefined when it leaves the field as it was. */
  mine: unknown;
}

/** What a draft changes of the webhook that it began with: only that is sent. */
export function changesOf(draft: Draft, base: Webhook): Partial<Fields> {
  const before = fieldsOf(draftOf(base));
  return Object.fromEntries(Object.entries(fieldsOf(draft)).filter(([field, value]) => isOther(value, before, field)));
}

/** What somebody else has changed of a webhook since a draft of it was begun. Values of headers are not shown, so they cannot be compared. */
export function conflictsOf(draft: Draft, base: Webhook, current: Webhook): readonly Conflict[] {
  const mine: Record<string, unknown> = changesOf(draft, base);
  const before = shownOf(base);
  return Object.entries(shownOf(current))
    .filter(([field, value]) => isOther(value, before, field))
    .map(([field, theirs]) => ({ field, theirs, mine: mine[field] }));
}

/** What people see of a webhook that can be changed. */
const shownOf = (webhook: Webhook): Record<string, unknown> => ({
  ...fieldsOf(draftOf(webhook)),
  url: webhook.url,
  headers: webhook.headers,
  active: webhook.active,
});

const isOther = (value: unknown, fields: object, field: string): boolean =>
  JSON.stringify(value) !== JSON.stringify((fields as Record<string, unknown>)[field]);
