import { createContext, useContext } from 'react';
import type { Access } from '../api/access.ts';
import type { Api } from '../api/client.ts';
import { may, mayMakeCredentials, type Scope, type Session } from '../api/session.ts';
import type { Settings } from '../api/settings.ts';

interface Portal {
  api: Api;
  settings: Settings;
  access: Access;
  session: Session;
}

export const PortalContext = createContext<Portal | null>(null);

export function usePortal(): Portal {
  const portal = useContext(PortalContext);
  if (portal === null) {
    throw new Error('Only for what is within the portal.');
  }

  return portal;
}

export const useApi = (): Api => usePortal().api;

/** Whether the reader may do what a scope is for. */
export const useMay = (scope: Scope): boolean => may(usePortal().session, scope);

/** Whether the reader may make and end API keys and portal links. */
export const useMayMakeCredentials = (): boolean => mayMakeCredentials(usePortal().session);
