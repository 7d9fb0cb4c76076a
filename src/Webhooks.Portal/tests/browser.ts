import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject } from 'vitest';

const executable = ['/usr/bin/chromium', '/usr/bin/google-chrome'].find(existsSync);
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export interface Visit {
  page: Page;
  /** What the browser complained of; a test expects it to be nothing, or exactly what it provokes. */
  complaints: string[];
  close: () => Promise<void>;
}

interface VisitOptions extends ContextOptions {
  token?: string | null;
  /** More for the fragment, such as `&theme=dark`. */
  fragment?: string;
  /** Another server than that of all tests. */
  server?: string;
}

let browser: Browser;

/** Tests in a real Chromium; skipped where there is none (Debian: apt-get install chromium). */
export function describeInBrowser(name: string, tests: () => void) {
  describe.skipIf(executable === undefined)(name, () => {
    beforeAll(async () => {
      browser = await chromium.launch({ executablePath: executable ?? '', args: ['--no-sandbox', '--disable-gpu'] });
    });
    afterAll(() => browser.close());
    tests();
  });
}

type ContextOptions = Pick<BrowserContextOptions, 'viewport' | 'colorScheme' | 'reducedMotion'>;

/** An empty page of a browser that knows nothing. */
export async function newPage(context: ContextOptions = {}): Promise<Visit> {
  // The certificates of tests are their own.
  const opened = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    ignoreHTTPSErrors: true,
    ...context,
  });
  await opened.grantPermissions(['clipboard-read', 'clipboard-write']);
  const page = await opened.newPage();
  page.setDefaultTimeout(30_000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') {
      complaints.push(`${message.text()} ${message.location().url}`);
    }
  });
  return { page, complaints, close: () => opened.close() };
}

/** Opens the portal at a path, as with a link. */
export async function visit(
  path: string,
  { token, fragment = '', server = inject('server'), ...context }: VisitOptions = {},
): Promise<Visit> {
  const opened = await newPage(context);
  const secret = token === undefined ? inject('token') : token;
  await opened.page.goto(`${server}/portal${path}${secret === null ? '' : `#token=${secret}${fragment}`}`);
  return opened;
}

/** Holds a page against the rules of accessibility: nothing serious, nothing critical. */
export async function expectAccessible(page: Page) {
  await page.evaluate(axe);
  const violations = await page.evaluate(async () => {
    // @ts-expect-error axe has put itself there.
    const { violations } = await globalThis.axe.run();
    return violations
      .filter(({ impact }: { impact: string }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }: { id: string; nodes: { html: string; failureSummary: string }[] }) => ({
        id,
        nodes: nodes.map(({ html, failureSummary }) => `${html}: ${failureSummary}`),
      }));
  });
  expect(violations).toEqual([]);
}

/** Calls the API as a program would. */
export async function call<T>(method: string, path: string, body?: unknown, token = inject('token')): Promise<T> {
  const answer = await fetch(`${inject('server')}/api/v1${path}`, {
    method,
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) {
    throw new Error(`${method} ${path} is answered with ${answer.status}: ${await answer.text()}`);
  }

  return (answer.status === 204 ? undefined : await answer.json()) as T;
}

/** A token with the server's own program: for an organization with scopes, or for operators. */
export function createToken(...args: string[]): string {
  const { server, data } = inject('tokens');
  const { stdout, stderr, status } = spawnSync('dotnet', [server, '--local', 'token', ...args], {
    env: { ...process.env, WEBHOOKS_DATA: data },
    encoding: 'utf8',
  });
  if (status !== 0) {
    throw new Error(stderr);
  }

  return stdout.trim();
}
