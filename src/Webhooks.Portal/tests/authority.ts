import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Provider from 'oidc-provider';

/** What the access tokens are for. */
export const audience = 'webhooks';

export const clientId = 'portal';

/** How the authority does, for a test to change. */
interface Ways {
  /** The organization that tokens name, by account; nothing for an account that has none. */
  organizationOf: (account: string) => string | undefined;
  audience: string;
  /** For how long it says that an access token lasts, in seconds. */
  lifetime: number;
  /** By how much earlier a token ends than that, in seconds: the server allows for clocks that differ by half a minute. */
  shortened: number;
  /** Whether it gives refresh tokens. */
  renews: boolean;
}

export interface Authority {
  /** Its address, which is its issuer. Its token endpoint has another origin, as those of some authorities have. */
  url: string;
  /** The file of the certificate that it is to be trusted by. */
  certificate: string;
  ways: Ways;
  /** The grants that it has answered, such as `authorization_code`. */
  grants: string[];
  /** Admits the portal of a server. */
  admit: (server: string) => void;
  /** Whether it listens. */
  listen: (isOn: boolean) => Promise<void>;
  stop: () => Promise<void>;
}

/** A real OpenID Connect authority, over https, whose accounts are those whose names are typed, with any password. */
export async function startAuthority(ways: Ways): Promise<Authority> {
  const folder = mkdtempSync(join(tmpdir(), 'webhooks-authority-'));
  const certificate = join(folder, 'certificate.pem');
  const key = join(folder, 'key.pem');
  certify(key, certificate);
  const server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  const url = `https://localhost:${port}`;
  const grants: string[] = [];
  let provider: Provider | undefined;
  server.on('request', (request, response) => void provider?.callback()(request, response));
  return {
    url,
    certificate,
    ways,
    grants,
    admit: (portal) => {
      provider = provide(url, `https://127.0.0.1:${port}/token`, portal, ways, grants);
    },
    listen: async (isOn) => {
      if (isOn) {
        server.listen(port, '127.0.0.1');
        await once(server, 'listening');
      } else {
        server.close();
        server.closeAllConnections();
        await once(server, 'close');
      }
    },
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function provide(url: string, tokenEndpoint: string, portal: string, ways: Ways, grants: string[]): Provider {
  const provider = new Provider(url, {
    clients: [
      {
        client_id: clientId,
        token_endpoint_auth_method: 'none',
        redirect_uris: [`${portal}/portal/`],
        post_logout_redirect_uris: [`${portal}/portal/`],
        response_types: ['code'],
        grant_types: ['authorization_code', 'refresh_token'],
      },
    ],
    cookies: { keys: ['of a test'] },
    pkce: { required: () => true },
    clientBasedCORS: () => true,
    findAccount: (_, account) => ({ accountId: account, claims: () => ({ sub: account }) }),
    issueRefreshToken: () => ways.renews,
    extraTokenClaims: (_, token) => {
      const organization = 'accountId' in token ? ways.organizationOf(token.accountId) : undefined;
      return organization === undefined ? undefined : { org_id: organization };
    },
    formats: {
      customizers: {
        jwt: (_, __, parts) => {
          parts.payload.exp = Number(parts.payload.exp) - ways.shortened;
        },
      },
    },
    features: {
      devInteractions: { enabled: true },
      rpInitiatedLogout: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => 'https://webhooks.example.com',
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: 'webhooks:read webhooks:write',
          audience: ways.audience,
          accessTokenFormat: 'jwt',
          accessTokenTTL: ways.lifetime,
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
  });
  provider.use(async (context, next) => {
    await next();
    if (context.path === '/favicon.ico') {
      context.status = 204;
    }

    if (context.oidc?.route === 'discovery') {
      context.body = { ...(context.body as object), token_endpoint: tokenEndpoint };
    } else if (typeof context.body === 'string') {
      // Its pages for development have a font from elsewhere.
      context.body = context.body.replace(/@import url\([^)]*\);/, '');
    }
  });
  provider.on('grant.success', ({ oidc }) => grants.push(String(oidc.params?.grant_type)));
  return provider;
}

/** Makes a certificate for this machine that holds for a day. */
function certify(key: string, certificate: string) {
  const names = 'subjectAltName=DNS:localhost,IP:127.0.0.1';
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const out = ['-keyout', key, '-out', certificate, '-days', '1', '-subj', '/CN=localhost', '-addext', names];
  execFileSync('openssl', ['req', '-x509', ...curve, ...out], { stdio: 'pipe' });
}
