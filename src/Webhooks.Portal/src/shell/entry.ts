import { isColor } from './color.ts';

/** With what the portal was opened. */
export interface Entry {
  token: string | undefined;
  /** The link's session, whose organization's settings hold. */
  sessionId: string | undefined;
  theme: Theme;
  accent: string | undefined;
}

export type Theme = 'light' | 'dark' | 'system';

/**
 * Reads a link's token and looks from the address, and removes them from it and from the history, so that neither shows in a
 * screenshot, a shared address or the next page's referrer.
 */
export function takeEntry(location: Location, history: History): Entry {
  const query = new URLSearchParams(location.search);
  const fragment = new URLSearchParams(location.hash.replace(/^#/, ''));
  const token = fragment.get('token') ?? undefined;
  const theme = fragment.get('theme');
  const accent = fragment.get('accent');
  if (location.hash !== '') {
    history.replaceState(history.state, '', location.pathname + location.search);
  }

  return {
    token,
    sessionId: query.get('session') ?? undefined,
    theme: theme === 'light' || theme === 'dark' ? theme : 'system',
    accent: accent !== null && isColor(accent) ? accent : undefined,
  };
}
