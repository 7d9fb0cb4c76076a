import { randomUUID } from 'node:crypto';
import { expect, inject, it } from 'vitest';
import { call, createToken, describeInBrowser, expectAccessible, visit } from './browser.ts';

describeInBrowser('The shell', () => {
  it('takes the token out of the address at once', async () => {
    const { page, complaints, close } = await visit('/webhooks');
    await page.getByRole('heading', { name: 'Webhooks', level: 1 }).waitFor();
    expect(page.url()).toBe(`${inject('server')}/portal/webhooks`);
    expect(await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]))).toBe('[{},{}]');
    expect(complaints).toEqual([]);
    await close();
  });

  it('is opened with a link that the API makes', async () => {
    const { url } = await call<{ url: string }>('POST', '/portal/sessions', { read_only: true });
    const link = new URL(url);
    const { page, complaints, close } = await visit(`/${link.search}`, { token: link.hash.replace('#token=', '') });
    await page.getByRole('heading', { name: 'Dashboard', level: 1 }).waitFor();
    await page.getByText('You may look, not change.').waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  it('stays when a screen cannot be loaded, as after an update, and other screens work', async () => {
    const { page, close } = await visit('/webhooks');
    await page.getByRole('heading', { name: 'Webhooks', level: 1 }).waitFor();
    await page.route('**/assets/EventsPage-*.js', (route) => route.fulfill({ status: 404 }));
    await page.getByRole('link', { name: 'Events', exact: true }).click();
    await page.getByRole('heading', { name: 'This page cannot be shown' }).waitFor();
    await expectAccessible(page);
    await page.getByRole('link', { name: 'Webhooks', exact: true }).click();
    await page.getByRole('heading', { name: 'Webhooks', level: 1 }).waitFor();
    await close();
  });

  it('tells who has no link how to get one', async () => {
    const { page, complaints, close } = await visit('/', { token: null });
    await page.getByRole('heading', { name: 'Open the portal with a link' }).waitFor();
    await expectAccessible(page);
    expect(complaints).toEqual([]);
    await close();
  });

  it('says that access has ended when the server does not take the token any more', async () => {
    const { page, close } = await visit('/webhooks');
    await page.getByRole('heading', { name: 'Webhooks', level: 1 }).waitFor();
    await page.route('**/api/v1/webhooks?**', (route) =>
      route.fulfill({
        status: 401,
        contentType: 'application/problem+json',
        body: '{"title":"Unauthorized","status":401}',
      }),
    );
    await page.getByRole('heading', { name: 'Your access has ended' }).waitFor();
    await expectAccessible(page);
    await close();
  });

  it('says that the server is gone, and goes on when it is back', async () => {
    const { page, close } = await visit('/webhooks');
    await page.getByRole('heading', { name: 'No webhook' }).or(page.getByRole('table')).first().waitFor();
    await page.route('**/api/v1/**', (route) => route.abort());
    await page.getByLabel('URL contains').fill('nothing-has-this');
    await page.getByLabel('URL contains').press('Enter');
    await page.getByText('The server cannot be reached').waitFor();
    await page.unroute('**/api/v1/**');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('heading', { name: 'No webhook is like that' }).waitFor();
    await close();
  });

  it('says so when a page is not allowed', async () => {
    const token = createToken('--org', randomUUID(), '--scope', 'events:publish');
    const { page, close } = await visit('/webhooks', { token });
    await page.getByRole('heading', { name: 'You may not see this' }).waitFor();
    await expectAccessible(page);
    await close();
  });

  it('is dark or light as the link wants, with an accent that can be read', async () => {
    await call('POST', '/webhooks', { url: `${inject('receiver')}/200`, events: ['*'], description: 'For the looks' });
    for (const theme of ['light', 'dark']) {
      const { page, complaints, close } = await visit('/webhooks', { fragment: `&theme=${theme}&accent=%23ffd400` });
      await page.getByText('For the looks').first().waitFor();
      expect(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toBe(theme);
      await expectAccessible(page);
      expect(complaints).toEqual([]);
      await close();
    }
  });

  it('fits a telephone', async () => {
    const { page, complaints, close } = await visit('/webhooks', { viewport: { width: 360, height: 740 } });
    await page.getByRole('heading', { name: 'Webhooks', level: 1 }).waitFor();
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByRole('link', { name: 'Webhooks', exact: true }).click();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    await expectAccessible(page);
    expect(complaints).toEqual([]);
    await close();
  });
});
