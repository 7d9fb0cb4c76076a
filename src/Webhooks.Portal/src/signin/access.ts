import type { Access } from '../api/access.ts';
import { home } from './journey.ts';
import type { Oidc, Tokens } from './oidc.ts';

/** What speaks with the authority: loaded by those who sign in. */
export const protocol = () => import('./oidc.ts');

/** A token that ends so soon is renewed before it is used, in milliseconds; one that lasts shorter, in its second half. */
const margin = 60_000;

/** The wait after a renewal that failed, in milliseconds. */
const pause = 5_000;

/** Leaves for the authority's page, to come back to where one is. */
export async function leaveFrom(oidc: Oidc, { pathname, search }: Location): Promise<void> {
  const { leave } = await protocol();
  await leave(oidc, pathname + search);
}

/** The access that tokens give. It is renewed when it is used, as long as the authority allows that. */
export function accessOf(oidc: Oidc, tokens: Tokens): Access {
  let current = tokens;
  let renewal: Promise<void> | null = null;
  let renewAgainAt = 0;

  const endsSoon = ({ expiresAt, receivedAt }: Tokens, now: number) =>
    expiresAt !== null && now > expiresAt - Math.min(margin, (expiresAt - receivedAt) / 2);
  const renew = async (refresh: string) => {
    try {
      current = await (await protocol()).renew(oidc, current, refresh);
    } catch {
      // The token that there is holds until its end; then the API says so.
      renewAgainAt = Date.now() + pause;
    } finally {
      renewal = null;
    }
  };
  return {
    token: async () => {
      const now = Date.now();
      const { refresh } = current;
      if (refresh !== undefined && now >= renewAgainAt && endsSoon(current, now)) {
        renewal ??= renew(refresh);
        await renewal;
      }
      return current.access;
    },
    signIn: {
      again: () => leaveFrom(oidc, window.location),
      out: async () => {
        const page = await protocol()
          .then(({ signOutPage }) => signOutPage(oidc, current))
          .catch(() => undefined);
        // What is in memory ends with this page.
        window.location.assign(page ?? home);
      },
      lasts:
        tokens.refresh === undefined && tokens.expiresAt !== null
          ? { from: tokens.receivedAt, until: tokens.expiresAt }
          : null,
    },
  };
}
