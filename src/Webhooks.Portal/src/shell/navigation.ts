import { may, type Scope, type Session } from '../api/session.ts';

interface Screen {
  path: string;
  name: string;
  /** The heading that it is listed under; none for what people look at every day. */
  group?: string;
  needs: Scope;
  /**
   * Whose it is: of a session for one webhook, too; of a whole organization; or of the platform, for operators, who need not look at an
   * organization for it.
   */
  of: 'webhook' | 'organization' | 'platform';
}

const screens: readonly Screen[] = [
  { path: '/dashboard', name: 'Dashboard', needs: 'webhooks:read', of: 'organization' },
  { path: '/webhooks', name: 'Webhooks', needs: 'webhooks:read', of: 'organization' },
  { path: '/events', name: 'Events', needs: 'webhooks:read', of: 'organization' },
  { path: '/event-types', name: 'Event types', needs: 'webhooks:read', of: 'webhook' },
  { path: '/api-keys', name: 'API keys', group: 'Organization', needs: 'webhooks:read', of: 'organization' },
  { path: '/sessions', name: 'Portal links', group: 'Organization', needs: 'webhooks:read', of: 'organization' },
  { path: '/audit', name: 'Audit', group: 'Organization', needs: 'webhooks:read', of: 'organization' },
  { path: '/organizations', name: 'Organizations', group: 'Operating', needs: 'admin', of: 'platform' },
];

/** The screens that a session may see, those of a group one after the other. */
export function screensFor(session: Session): readonly Screen[] {
  return screens.filter(({ needs, of }) => may(session, needs) && reaches(session, of));
}

function reaches({ org_id, webhook_id }: Session, of: Screen['of']): boolean {
  switch (of) {
    case 'webhook':
      return org_id !== null;
    case 'organization':
      return org_id !== null && webhook_id === null;
    case 'platform':
      return true;
  }
}
