import { may, type Scope, type Session } from '../api/session.ts';

/** What each scope allows, in the order in which they are offered. */
const meanings: Readonly<Record<Scope, string>> = {
  'webhooks:read': 'See webhooks, deliveries and events',
  'webhooks:write': 'Create and change webhooks, send again, and make keys and portal links',
  'deliveries:pull': 'Fetch the deliveries of webhooks that are pulled',
  'events:publish': 'Publish events of this organization',
  'events:publish:any': 'Publish events of any organization',
  'event-types:write': 'Change the event catalog, which is that of all organizations',
  admin: 'Everything, in every organization',
};

const all = Object.keys(meanings) as Scope[];

/** What a scope allows, in words; the scope itself when this portal does not know it. */
export const meaningOf = (scope: string): string => meanings[scope as Scope] ?? scope;

/** The scopes that somebody may give to a key: never more than they have themselves. */
export const scopesToGive = (session: Pick<Session, 'scopes'>): readonly Scope[] =>
  all.filter((scope) => may(session, scope));
