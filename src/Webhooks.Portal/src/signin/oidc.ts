import * as oauth from 'oauth4webapi';
import type { Settings } from '../api/settings.ts';
import { depart, home, type Journey } from './journey.ts';
import { SignInFailure } from './SignInFailure.ts';

export type Oidc = NonNullable<Settings['oidc']>;

/** What the authority gave. It is kept in memory alone. */
export interface Tokens {
  access: string;
  refresh: string | undefined;
  id: string | undefined;
  receivedAt: number;
  /** When the access token ends, in milliseconds; null when the authority does not say. */
  expiresAt: number | null;
}

/** For how long the authority is waited for, in milliseconds. */
const patience = 15_000;

const redirectUri = () => new URL(home, window.location.origin).href;

/** Leaves for the authority's page. */
export async function leave(oidc: Oidc, path: string): Promise<void> {
  const { authorization_endpoint } = await discover(oidc);
  const journey: Journey = {
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
    verifier: oauth.generateRandomCodeVerifier(),
    path,
  };
  const url = pageOf(authorization_endpoint);
  const parameters = {
    client_id: oidc.client_id,
    redirect_uri: redirectUri(),
    response_type: 'code',
    scope: oidc.scope,
    ...(oidc.audience === null ? {} : { audience: oidc.audience }),
    state: journey.state,
    nonce: journey.nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(journey.verifier),
    code_challenge_method: 'S256',
  };
  for (const [name, value] of Object.entries(parameters)) {
    url.searchParams.set(name, value);
  }

  depart(window.sessionStorage, journey);
  window.location.assign(url);
}

/** Exchanges what the authority answered for tokens. */
export function arrive(oidc: Oidc, answer: string, { state, nonce, verifier }: Journey): Promise<Tokens> {
  return explained(async () => {
    const authority = await discover(oidc);
    const client = clientOf(oidc);
    const checked = oauth.validateAuthResponse(authority, client, new URLSearchParams(answer), state);
    const response = await oauth.authorizationCodeGrantRequest(
      authority,
      client,
      oauth.None(),
      checked,
      redirectUri(),
      verifier,
      limited(),
    );
    return tokensOf(
      await oauth.processAuthorizationCodeResponse(authority, client, response, {
        expectedNonce: nonce,
        requireIdToken: true,
      }),
    );
  });
}

/** Tokens that last longer, for those that can be renewed. */
export function renew(oidc: Oidc, tokens: Tokens, refresh: string): Promise<Tokens> {
  return explained(async () => {
    const authority = await discover(oidc);
    const client = clientOf(oidc);
    const response = await oauth.refreshTokenGrantRequest(authority, client, oauth.None(), refresh, limited());
    const renewed = tokensOf(await oauth.processRefreshTokenResponse(authority, client, response));
    return { ...renewed, refresh: renewed.refresh ?? refresh, id: renewed.id ?? tokens.id };
  });
}

/** The authority's page for signing out; undefined when it has none. */
export async function signOutPage(oidc: Oidc, tokens: Tokens): Promise<URL | undefined> {
  const { end_session_endpoint } = await discover(oidc);
  if (end_session_endpoint === undefined) {
    return undefined;
  }

  const url = pageOf(end_session_endpoint);
  url.searchParams.set('client_id', oidc.client_id);
  url.searchParams.set('post_logout_redirect_uri', redirectUri());
  if (tokens.id !== undefined) {
    url.searchParams.set('id_token_hint', tokens.id);
  }
  return url;
}

function discover({ authority }: Oidc): Promise<oauth.AuthorizationServer> {
  return explained(async () => {
    const issuer = new URL(authority);
    return await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, limited()));
  });
}

const clientOf = ({ client_id }: Oidc): oauth.Client => ({ client_id });

const limited = () => ({ signal: AbortSignal.timeout(patience) });

function tokensOf(response: oauth.TokenEndpointResponse): Tokens {
  const receivedAt = Date.now();
  return {
    access: response.access_token,
    refresh: response.refresh_token,
    id: response.id_token,
    receivedAt,
    expiresAt: response.expires_in === undefined ? null : receivedAt + response.expires_in * 1000,
  };
}

/** A page of the authority; never another kind of address, which a browser would run. */
function pageOf(endpoint: string | undefined): URL {
  const url = endpoint === undefined ? null : URL.parse(endpoint);
  if (url?.protocol !== 'https:') {
    throw invalid(new Error('The authority names no page of its own that is served over https.'));
  }

  return url;
}

async function explained<T>(step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw error instanceof SignInFailure ? error : failureOf(error);
  }
}

function failureOf(error: unknown): SignInFailure {
  if (error instanceof oauth.AuthorizationResponseError || error instanceof oauth.ResponseBodyError) {
    return refusal(error.error, error.error_description, error);
  }

  // What fetch throws is a TypeError without a code, and what ends it for its time a DOMException.
  const isUnanswered = error instanceof DOMException || (error instanceof TypeError && !('code' in error));
  return isUnanswered || isServerError(error)
    ? new SignInFailure(
        'The sign-in cannot be reached',
        'It does not answer, or it does not let this page call it. Try again in a while; if that does not help, ask your operator.',
        error,
      )
    : invalid(error);
}

const refusals: Record<string, string> = {
  access_denied: 'It was given up, or your account may not come in. Try another account, or ask your operator.',
  invalid_grant: 'It took too long, or it was over already. Sign in again.',
  temporarily_unavailable: 'The sign-in is overloaded. Try again in a while.',
};

function refusal(code: string, description: string | undefined, cause: unknown): SignInFailure {
  const told = description === undefined ? code : `${code}: ${description}`;
  const meaning = refusals[code] ?? 'Sign in again; if that does not help, ask your operator.';
  return new SignInFailure('You were not signed in', `${meaning} The sign-in said: ${told.slice(0, 500)}`, cause);
}

function invalid(error: unknown): SignInFailure {
  const reason = error instanceof Error ? error.message : String(error);
  return new SignInFailure(
    'The sign-in cannot be trusted',
    `What it answered does not hold together, so nothing of it was used. Tell your operator: ${reason}`,
    error,
  );
}

function isServerError(error: unknown): boolean {
  const cause = error instanceof oauth.OperationProcessingError ? error.cause : undefined;
  return cause instanceof Response && cause.status >= 500;
}
