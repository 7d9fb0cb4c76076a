import { randomUUID } from 'node:crypto';
import { expect, inject, it } from 'vitest';
import { call, createToken, describeInBrowser, expectAccessible, visit } from './browser.ts';

let operator: string | undefined;

/** A token of who operates the platform, without an organization. */
const operatorToken = () => {
  operator ??= createToken('--scope', 'admin');
  return operator;
};

/** An organization with a webhook and a delivery, and that name. */
async function known(name: string): Promise<string> {
  const org = randomUUID();
  const token = createToken('--org', org);
  const url = `${inject('receiver')}/organizations/200`;
  await call('POST', '/webhooks', { url, events: ['*'] }, token);
  await call('POST', '/events', { event: 'user.login', data: {} }, token);
  await call('PATCH', `/organizations/${org}`, { name }, operatorToken());
  return org;
}

describeInBrowser('Organizations', () => {
  it('are where an operator begins, and lead to the settings of one', async () => {
    const org = await known('Acme Rockets');
    const { page, complaints, close } = await visit('/', { token: operatorToken() });
    await page.getByRole('heading', { name: 'Organizations', level: 1 }).waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').getByRole('combobox').fill(randomUUID());
    await page.getByText('There is nothing of that name.').waitFor();
    await page.keyboard.press('Escape');
    await page.getByLabel('Name contains').fill('ROCKETS');
    await page.getByLabel('Name contains').press('Enter');
    const row = page.getByRole('row').filter({ hasText: org });
    await row.getByText('Those of all').waitFor();
    await expect.poll(() => page.getByRole('row').count()).toBe(2);
    await expectAccessible(page);
    await row.getByRole('link', { name: 'Acme Rockets', exact: true }).click();

    await page.getByRole('heading', { name: 'Acme Rockets', level: 1 }).waitFor();
    const save = page.getByRole('button', { name: 'Save' });
    expect(await save.isDisabled()).toBe(true);
    await page.getByLabel('Most webhooks').fill('20');
    await page.getByLabel('Events a second').fill('2.5');
    await page.getByLabel('Events at once').fill('50');
    await page.getByLabel('Origins that show its portal in a frame').fill('https://app.example.com/path');
    await save.click();
    await page.getByRole('alert').waitFor();
    expect(await page.locator('[aria-invalid]').count()).toBe(1);
    await expectAccessible(page);
    await page.getByLabel('Origins that show its portal in a frame').fill('https://app.example.com');
    await page.getByLabel('Where people get a new link').fill('https://app.example.com/webhooks');
    await save.click();
    await page.getByText('Saved.').waitFor();
    expect(await call('GET', `/organizations/${org}`, undefined, operatorToken())).toMatchObject({
      name: 'Acme Rockets',
      max_webhooks: 20,
      publish_rate: { per_second: 2.5, burst: 50 },
      frame_ancestors: ['https://app.example.com'],
      refresh_url: 'https://app.example.com/webhooks',
    });
    expect(complaints.filter((line) => !line.includes('400'))).toEqual([]);
    await close();
  });

  it('are erased when their name is typed, with a report of what is gone', async () => {
    const org = await known('Gone Ltd');
    const { page, complaints, close } = await visit(`/organizations/${org}`, {
      token: operatorToken(),
      viewport: { width: 360, height: 740 },
      colorScheme: 'dark',
    });
    await page.getByRole('button', { name: 'Erase everything' }).click();
    await page.getByRole('heading', { name: 'Erase everything of Gone Ltd?' }).waitFor();
    const erase = page.getByRole('button', { name: 'Erase it for good' });
    await page.getByLabel('Type Gone Ltd to go on').fill('Gone');
    expect(await erase.isDisabled()).toBe(true);
    await expectAccessible(page);
    await page.getByLabel('Type Gone Ltd to go on').fill('Gone Ltd');
    await erase.click();
    await page.getByRole('heading', { name: 'It is erased' }).waitFor();
    await page.getByRole('row').filter({ hasText: 'webhooks' }).first().waitFor();
    expect(await page.getByRole('button', { name: /Erase|Save/ }).count()).toBe(0);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    await expectAccessible(page);

    await page.getByRole('link', { name: 'All organizations' }).click();
    await page.getByRole('row').filter({ hasText: org }).getByText('erased', { exact: true }).waitFor();
    await expectAccessible(page);
    expect(complaints).toEqual([]);
    await close();
  });

  it('say how far an erasure is, that goes on by itself', async () => {
    const org = await known('Going');
    const { page, close } = await visit('/organizations', { token: operatorToken() });
    await page.route(`**/api/v1/organizations/${org}`, async (route) => {
      const answer = await (await route.fetch()).json();
      const erasure = { state: 'running', began_at: answer.created_at, requested_by: 'user ada', finished_at: null };
      await route.fulfill({ json: { ...answer, erasure: { ...erasure, rows: { webhook_deliveries: 48213 } } } });
    });
    await page.getByRole('row').filter({ hasText: org }).getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('heading', { name: 'It is being erased' }).waitFor();
    await page.getByText('48,213').waitFor();
    await page.unroute(`**/api/v1/organizations/${org}`);
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
    await close();
  });

  it('are for operators alone', async () => {
    const { page, close } = await visit('/organizations');
    await page.getByRole('heading', { name: 'You may not see this' }).waitFor();
    expect(await page.getByRole('link', { name: 'Organizations' }).count()).toBe(0);
    await expectAccessible(page);
    await close();
  });
});
