import { ApiProblem } from './problem.ts';

/** Who looks, and what they may see and do: `GET /api/v1/portal/session`. */
export interface Session {
  kind: 'portal_session' | 'api_key' | 'token';
  org_id: string | null;
  organization_name: string | null;
  /** The only webhook that may be seen; null for all of the organization's. */
  webhook_id: string | null;
  read_only: boolean;
  scopes: string[];
  expires_at: string | null;
}

export type Scope = 'webhooks:read' | 'webhooks:write' | 'events:publish' | 'event-types:write' | 'admin';

/** Whether a session may do what a scope is for. */
export function may(session: Session, scope: Scope): boolean {
  return (
    (!session.read_only || scope === 'webhooks:read') &&
    (session.scopes.includes(scope) || session.scopes.includes('admin'))
  );
}

/** Asks who looks. */
export async function readSession(base: string, token: string): Promise<Session> {
  const answer = await fetch(`${base}/portal/session`, { headers: { Authorization: `Bearer ${token}` } });
  if (!answer.ok) {
    throw new ApiProblem(answer.status, await answer.json().catch(() => null));
  }

  return (await answer.json()) as Session;
}
