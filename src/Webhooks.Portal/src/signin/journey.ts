/** What is kept while somebody is away at the authority to sign in. Nothing of it is a token, and it is good for one return. */
export interface Journey {
  state: string;
  nonce: string;
  verifier: string;
  /** Where they wanted to go: a path of the portal with its filters. */
  path: string;
}

/** With what the authority sent somebody back. */
export interface Return {
  /** What stood in the address. */
  answer: string;
  /** How they left; null when it was not from this tab, or not with this answer in view: then nothing of it is believed. */
  journey: Journey | null;
}

const key = 'webhooks.sign-in';

/** Where the authority sends people back to, within the origin. */
export const home = import.meta.env.BASE_URL;

/** Keeps how somebody leaves, until the next page that this tab opens here. */
export function depart(storage: Storage, journey: Journey): void {
  storage.setItem(key, JSON.stringify(journey));
}

/**
 * Reads the authority's answer from the address; undefined when there is none. Whatever this page was opened for, nothing of a sign-in is
 * left in the address, the history or the storage; the address is the one that was wanted.
 */
export function takeReturn(location: Location, history: History, storage: Storage): Return | undefined {
  const kept = storage.getItem(key);
  storage.removeItem(key);
  const query = new URLSearchParams(location.search);
  if (location.pathname !== home || !query.has('state') || !(query.has('code') || query.has('error'))) {
    return undefined;
  }

  const departed = kept === null ? null : (JSON.parse(kept) as Journey);
  const journey = departed !== null && departed.state === query.get('state') ? departed : null;
  history.replaceState(history.state, '', journey?.path ?? home);
  return { answer: query.toString(), journey };
}
