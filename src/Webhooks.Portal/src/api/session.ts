import { organizationHeader } from './client.ts';
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

export type Scope =
  | 'webhooks:read'
  | 'webhooks:write'
  | 'deliveries:pull'
  | 'events:publish'
  | 'events:publish:any'
  | 'event-types:write'
  | 'admin';

/** Whether a session may do what a scope is for. */
export const may = ({ scopes }: Pick<Session, 'scopes'>, scope: Scope): boolean =>
  scopes.includes(scope) || scopes.includes('admin');

/** Whether a session may make and end API keys and portal links, which no portal link ever may. */
export const mayMakeCredentials = (session: Session): boolean =>
  session.kind !== 'portal_session' && may(session, 'webhooks:write');

/** Asks who looks, and at what: at an organization that an operator names, or else the token's own. */
export async function readSession(base: string, token: string, organization: string | undefined): Promise<Session> {
  const answer = await fetch(`${base}/portal/session`, {
    headers: {
      Authorization: `Bearer ${token}`,
      ...(organization === undefined ? {} : { [organizationHeader]: organization }),
    },
  });
  if (!answer.ok) {
    throw new ApiProblem(answer.status, await answer.json().catch(() => null));
  }

  return (await answer.json()) as Session;
}
