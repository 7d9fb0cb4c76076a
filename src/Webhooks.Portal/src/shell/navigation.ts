import { may, type Scope, type Session } from '../api/session.ts';

interface Screen {
  path: string;
  name: string;
  /** The heading that it is listed under; none for what people look at every day. */
  group?: string;
  needs: Scope;
  /** Whether it shows what belongs to all of an organization, so that a session of one webhook has no use for it. */
  ofOrganization: boolean;
}

const screens: readonly Screen[] = [
  { path: '/dashboard', name: 'Dashboard', needs: 'webhooks:read', ofOrganization: true },
  { path: '/webhooks', name: 'Webhooks', needs: 'webhooks:read', ofOrganization: true },
  { path: '/events', name: 'Events', needs: 'webhooks:read', ofOrganization: true },
  { path: '/event-types', name: 'Event types', needs: 'webhooks:read', ofOrganization: false },
  { path: '/api-keys', name: 'API keys', group: 'Organization', needs: 'webhooks:read', ofOrganization: true },
  { path: '/sessions', name: 'Portal links', group: 'Organization', needs: 'webhooks:read', ofOrganization: true },
  { path: '/audit', name: 'Audit', group: 'Organization', needs: 'webhooks:read', ofOrganization: true },
];

/** The screens that a session may see, those of a group one after the other. */
export function screensFor(session: Session): readonly Screen[] {
  return screens.filter(
    ({ needs, ofOrganization }) => may(session, needs) && !(ofOrganization && session.webhook_id !== null),
  );
}
