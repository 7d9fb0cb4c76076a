import { expect, it } from 'vitest';
import { call, describeInBrowser, expectAccessible, visit } from './browser.ts';
import { looks, portalToken, register, type Webhook } from './given.ts';

const isThere = ({ id }: Webhook) =>
  call('GET', `/webhooks/${id}`).then(
    () => true,
    () => false,
  );

describeInBrowser('The deletion of a webhook', () => {
  it('is asked about once, naming it and what becomes of what is pending', async () => {
    const webhook = await register('/deleted/200');
    const { page, complaints, close } = await visit(`/webhooks/${webhook.id}`);
    await page.getByRole('button', { name: 'Delete' }).click();
    const question = page.getByRole('alertdialog', { name: /^Delete .*\/deleted\/200\?$/ });
    await question.getByText('what is still pending is canceled').waitFor();
    await expectAccessible(page);
    await question.getByRole('button', { name: 'Keep it as it is' }).click();
    expect(await isThere(webhook)).toBe(true);
    await page.getByRole('button', { name: 'Delete' }).click();
    await question.getByRole('button', { name: 'Delete the webhook' }).click();
    await page.getByRole('heading', { name: 'Webhooks', level: 1 }).waitFor();
    await page.getByRole('link', { name: '/deleted/200' }).waitFor({ state: 'detached' });
    expect(await isThere(webhook)).toBe(false);
    expect(complaints).toEqual([]);
    await close();
  });

  it('is refused when somebody else has changed the webhook meanwhile', async () => {
    const webhook = await register('/kept/200');
    const { page, close } = await visit(`/webhooks/${webhook.id}`);
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.route(`**/api/v1/webhooks/${webhook.id}`, (route) =>
      route.request().method() === 'GET' ? route.abort() : route.continue(),
    );
    await call('PATCH', `/webhooks/${webhook.id}`, { description: 'Needed after all' });
    await page.getByRole('button', { name: 'Delete the webhook' }).click();
    await page.getByRole('alert').getByText('Nothing was changed.').waitFor();
    expect(await isThere(webhook)).toBe(true);
    await close();
  });

  it('is offered to nobody who may only look', async () => {
    const webhook = await register('/looked-at/200');
    const { page, close } = await visit(`/webhooks/${webhook.id}`, { token: await portalToken({ read_only: true }) });
    await page.getByText('Ends in').waitFor();
    expect(await page.getByRole('button', { name: 'Delete' }).count()).toBe(0);
    await close();
  });

  it('can be asked about on a telephone and on a wide screen, light and dark', async () => {
    const webhook = await register('/asked/200');
    for (const look of looks) {
      const { page, complaints, close } = await visit(`/webhooks/${webhook.id}`, look);
      await page.getByRole('button', { name: 'Delete' }).click();
      await page.getByRole('alertdialog').waitFor();
      await expectAccessible(page);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(look.viewport.width);
      expect(complaints).toEqual([]);
      await close();
    }
  });
});
