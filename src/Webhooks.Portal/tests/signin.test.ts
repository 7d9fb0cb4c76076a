import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, inject, it } from 'vitest';
import { type Authority, audience, clientId, startAuthority } from './authority.ts';
import { describeInBrowser, expectAccessible, visit } from './browser.ts';
import { startServer } from './server.ts';

const organization = randomUUID();

const usual = { audience, lifetime: 3600, shortened: 0, renews: false };

let authority: Authority;
let server: Awaited<ReturnType<typeof startServer>>;

beforeAll(async () => {
  authority = await startAuthority({
    organizationOf: (account) => (account === 'nobody' ? undefined : organization),
    ...usual,
  });
  server = await startServer({
    ...inject('installation'),
    SSL_CERT_FILE: authority.certificate,
    Webhooks__Auth__Authority: authority.url,
    Webhooks__Auth__Audience: audience,
    Webhooks__Portal__ClientId: clientId,
    Webhooks__Portal__Scope: 'openid webhooks:read webhooks:write',
    Webhooks__Portal__Audience: audience,
  });
  authority.admit(server.url);
});

beforeEach(() => {
  Object.assign(authority.ways, usual);
  authority.grants.length = 0;
});

afterAll(async () => {
  await server.stop();
  await authority.stop();
});

const visitWithoutLink = (path: string) => visit(path, { token: null, server: server.url });

/** Types who one is into the authority's own pages, and agrees to what it asks. */
async function signInAs(page: Page, account: string) {
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByPlaceholder('Enter any login').fill(account);
  await page.getByPlaceholder('and password').fill('any');
  await page.getByRole('button', { name: 'Sign-in' }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
}

const storedIn = (page: Page) => page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));

describeInBrowser('Signing in', () => {
  it('leads to where one wanted to go, and leaves nothing of it behind', async () => {
    const { page, complaints, close } = await visitWithoutLink('/webhooks?url=wanted');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await expectAccessible(page);
    await signInAs(page, 'ada');
    await page.getByRole('heading', { name: 'No webhook is like that' }).waitFor();

    expect(page.url()).toBe(`${server.url}/portal/webhooks?url=wanted`);
    expect(await page.getByLabel('URL contains').inputValue()).toBe('wanted');
    expect(await storedIn(page)).toBe('[{},{}]');
    expect(await page.evaluate(() => JSON.stringify(history.state ?? null))).toBe('null');
    expect(authority.grants).toEqual(['authorization_code']);
    await expectAccessible(page);
    expect(complaints).toEqual([]);
    // What one comes back to by the browser's button is a page of the authority, not an answer of it.
    await page.goBack();
    expect(page.url()).not.toContain('code=');
    await close();
  });

  it('is asked for again after a reload, which keeps the path', async () => {
    const { page, complaints, close } = await visitWithoutLink('/events?status=failed');
    await signInAs(page, 'ada');
    await page.getByRole('heading', { name: 'Events', level: 1 }).waitFor();
    await page.reload();
    // The authority knows the reader still, and asks nothing.
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('heading', { name: 'Events', level: 1 }).waitFor();
    expect(page.url()).toBe(`${server.url}/portal/events?status=failed`);
    expect(complaints).toEqual([]);
    await close();
  });

  it('names the audience that its tokens are to be for, where there is one', async () => {
    const { page, close } = await visitWithoutLink('/');
    const askedAudience = async () => {
      const asked = page.waitForRequest(`${authority.url}/auth?**`);
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      // A page that is closed while it leaves may never be closed.
      await page.getByPlaceholder('Enter any login').waitFor();
      return new URL((await asked).url()).searchParams.get('audience');
    };
    expect(await askedAudience()).toBe(audience);

    await page.route('**/portal/settings.json', async (route) => {
      const response = await route.fetch();
      const settings = (await response.json()) as { oidc: object };
      await route.fulfill({ response, json: { ...settings, oidc: { ...settings.oidc, audience: null } } });
    });
    await page.goto(`${server.url}/portal/`);
    expect(await askedAudience()).toBeNull();
    await close();
  });

  it('that is given up says so', async () => {
    const { page, complaints, close } = await visitWithoutLink('/events');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByText('Cancel').click();
    await page.getByRole('heading', { name: 'You were not signed in' }).waitFor();
    await page.getByText('It was given up, or your account may not come in.').waitFor();
    expect(page.url()).toBe(`${server.url}/portal/events`);
    await expectAccessible(page);
    expect(complaints).toEqual([]);
    await close();
  });

  it('believes no answer that it did not ask for', async () => {
    const { page, complaints, close } = await visitWithoutLink('/?code=stolen&state=made-up');
    await page.getByRole('heading', { name: 'This sign-in did not begin here' }).waitFor();
    expect(page.url()).toBe(`${server.url}/portal/`);
    await expectAccessible(page);

    await page.getByRole('button', { name: 'Sign in again' }).click();
    await page.getByPlaceholder('Enter any login').waitFor();
    await page.goto(`${server.url}/portal/?code=stolen&state=of-another`);
    await page.getByRole('heading', { name: 'This sign-in did not begin here' }).waitFor();
    expect(await storedIn(page)).toBe('[{},{}]');
    expect(authority.grants).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });

  it('believes no tokens that were made for another sign-in', async () => {
    const { page, complaints, close } = await visitWithoutLink('/');
    await page.route(`${authority.url}/auth?**`, (route) => {
      const url = new URL(route.request().url());
      url.searchParams.set('nonce', 'of-another');
      return route.continue({ url: url.href });
    });
    await signInAs(page, 'ada');
    await page.getByRole('heading', { name: 'The sign-in cannot be trusted' }).waitFor();
    await page.getByText(/nonce/).waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  it('says that the authority is gone, and goes on when it is back', async () => {
    const { page, complaints, close } = await visitWithoutLink('/webhooks');
    await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
    await authority.listen(false);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('alert').getByText('It does not answer').waitFor();
    await expectAccessible(page);
    await authority.listen(true);
    await signInAs(page, 'ada');
    await page.getByRole('heading', { name: 'Webhooks', level: 1 }).waitFor();
    expect(complaints).toEqual([expect.stringContaining('ERR_CONNECTION_REFUSED')]);
    await close();
  });

  it('of somebody without an organization, or whose token is for another API, says what is missing', async () => {
    const { page, complaints, close } = await visitWithoutLink('/');
    await signInAs(page, 'nobody');
    await page.getByRole('heading', { name: 'You are signed in, but may not come in' }).waitFor();
    await page.getByText('The token names no organization').waitFor();
    await expectAccessible(page);
    expect(complaints).toEqual([]);
    await close();

    authority.ways.audience = 'another';
    const another = await visitWithoutLink('/');
    await signInAs(another.page, 'ada');
    await another.page.getByText('The token is for another audience.').waitFor();
    await another.close();
  });

  it('has an end, after which one signs in again and is back on the same page', async () => {
    // The server accepts it for half a minute longer than it says.
    authority.ways.shortened = authority.ways.lifetime + 27;
    const { page, close } = await visitWithoutLink('/events?status=failed');
    await signInAs(page, 'ada');
    await page.getByRole('heading', { name: 'Your sign-in has ended' }).waitFor();
    await expectAccessible(page);
    authority.ways.shortened = 0;
    await page.getByRole('button', { name: 'Sign in again' }).click();
    await page.getByRole('heading', { name: 'Events', level: 1 }).waitFor();
    expect(page.url()).toBe(`${server.url}/portal/events?status=failed`);
    await close();
  });

  it('that ends soon says so', async () => {
    const { page, complaints, close } = await visitWithoutLink('/events');
    await page.clock.install();
    await signInAs(page, 'ada');
    await page.getByRole('heading', { name: 'Events', level: 1 }).waitFor();
    expect(await page.getByText(/Your sign-in ends in/).count()).toBe(0);
    await page.clock.fastForward('56:00');
    await page.getByText(/Your sign-in ends in [34] min/).waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Sign in again' }).click();
    // What stands there until the page has left looks like what one comes back to.
    await expect
      .poll(() => authority.grants, { timeout: 30_000 })
      .toEqual(['authorization_code', 'authorization_code']);
    await page.getByRole('heading', { name: 'Events', level: 1 }).waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  it('is renewed by itself where the authority allows it', async () => {
    Object.assign(authority.ways, { renews: true, lifetime: 2, shortened: 29 });
    const { page, complaints, close } = await visitWithoutLink('/events');
    await signInAs(page, 'ada');
    await page.getByRole('heading', { name: 'Events', level: 1 }).waitFor();
    await expect
      .poll(() => authority.grants.filter((grant) => grant === 'refresh_token').length, { timeout: 30_000 })
      .toBe(2);
    await page.getByRole('heading', { name: 'Events', level: 1 }).waitFor();
    expect(await storedIn(page)).toBe('[{},{}]');
    expect(complaints).toEqual([]);
    await close();
  });

  it('is over after signing out, here and at the authority', async () => {
    const { page, complaints, close } = await visitWithoutLink('/webhooks');
    await signInAs(page, 'ada');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Yes, sign me out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(await storedIn(page)).toBe('[{},{}]');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByPlaceholder('Enter any login').waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  it('is not asked of who has a link', async () => {
    const { page, complaints, close } = await visit('/webhooks', { server: server.url, token: 'whs_of-nobody' });
    await page.getByRole('heading', { name: 'Your access has ended' }).waitFor();
    expect(complaints).toEqual([expect.stringContaining('401')]);
    await close();
  });
});
