import { expect, inject, it } from 'vitest';
import { call, createToken, describeInBrowser, expectAccessible, visit } from './browser.ts';

interface Key {
  id: string;
  name: string;
}

describeInBrowser('API keys', () => {
  it('are made with what their maker chooses, shown once, and revoked by name', async () => {
    const { page, complaints, close } = await visit('/webhooks');
    await page.getByRole('link', { name: 'API keys' }).click();
    await page.getByRole('button', { name: 'New API key' }).click();
    const make = page.getByRole('button', { name: 'Make the key' });
    await page.getByLabel('Name').fill('Billing service');
    expect(await make.isDisabled()).toBe(true);
    await page.getByLabel('Publish events of this organization').check();
    await page.getByLabel('Expires').selectOption('In 30 days');
    await expectAccessible(page);
    await make.click();

    const shown = page.getByLabel('API key', { exact: true });
    const secret = await shown.inputValue();
    expect(secret).toMatch(/^whk_/);
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await page.evaluate(() => history.back());
    await page.getByRole('heading', { name: 'Leave without it?' }).waitFor();
    await page.getByRole('button', { name: 'Stay here' }).click();
    await page.getByRole('button', { name: 'Copy the API key' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(secret);
    await page.getByRole('button', { name: 'I have saved it' }).click();
    await shown.waitFor({ state: 'detached' });
    await call('POST', '/events', { event: 'user.login', data: {} }, secret);

    const row = page.getByRole('row').filter({ hasText: 'Billing service' });
    await row.getByText('in 29 days').waitFor();
    await row.getByText('events:publish').waitFor();
    expect(await page.getByText(secret).count()).toBe(0);
    await expectAccessible(page);

    await row.getByRole('button', { name: 'Revoke' }).click();
    await page.getByRole('heading', { name: 'Revoke the key “Billing service”?' }).waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Revoke the key' }).click();
    // Until then, what lies behind is hidden, as if it were gone.
    await page.getByRole('alertdialog').waitFor({ state: 'detached' });
    await row.waitFor({ state: 'detached' });
    const { data } = await call<{ data: Key[] }>('GET', '/api-keys');
    expect(data.filter(({ name }) => name === 'Billing service')).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });

  it('are given nothing that their maker may not do', async () => {
    const { page, close } = await visit('/api-keys', {
      token: createToken('--org', await ownOrganization(), '--scope', 'webhooks:read', '--scope', 'webhooks:write'),
    });
    await page.getByRole('button', { name: 'New API key' }).click();
    await expect.poll(() => page.getByRole('checkbox').count()).toBe(2);
    await close();
  });

  it('say what the server refuses, beside the field', async () => {
    const { page, close } = await visit('/api-keys');
    await page.getByRole('button', { name: 'New API key' }).click();
    await page.getByLabel('Name').fill('Too late');
    await page.getByLabel('See webhooks, deliveries and events').check();
    await page.getByLabel('Expires').selectOption('At a time of your choice');
    await page.getByLabel('Time').fill('2020-01-01T00:00');
    await page.getByRole('button', { name: 'Make the key' }).click();
    await page.getByText('It must be in the future.').first().waitFor();
    expect(await page.locator('[aria-invalid]').count()).toBe(1);
    await expectAccessible(page);
    await close();
  });

  it('are made once, also when the answer is lost', async () => {
    const { page, close } = await visit('/api-keys');
    await page.getByRole('button', { name: 'New API key' }).click();
    await page.getByLabel('Name').fill('Lost');
    await page.getByLabel('See webhooks, deliveries and events').check();
    await page.getByLabel('Expires').selectOption('In 90 days');
    await page.route('**/api/v1/api-keys', async (route) => {
      await route.fetch();
      await route.abort();
    });
    await page.getByRole('button', { name: 'Make the key' }).click();
    await page.getByRole('alert').getByText('The server cannot be reached').waitFor();
    await page.unroute('**/api/v1/api-keys');
    await page.getByRole('button', { name: 'Make the key' }).click();
    await page.getByRole('alert').getByText('cannot be reached').waitFor({ state: 'detached' });
    await page.getByRole('alert').waitFor();
    const { data } = await call<{ data: Key[] }>('GET', '/api-keys');
    expect(data.filter(({ name }) => name === 'Lost')).toHaveLength(1);
    await close();
  });

  it('are looked at, not made or revoked, through a portal link', async () => {
    await call<Key>('POST', '/api-keys', { name: 'Looked at', scopes: ['webhooks:read'] });
    const { url } = await call<{ url: string }>('POST', '/portal/sessions', {});
    const { page, complaints, close } = await visit('/api-keys', {
      token: new URL(url).hash.replace('#token=', ''),
      viewport: { width: 360, height: 740 },
      colorScheme: 'dark',
    });
    await page.getByRole('row').filter({ hasText: 'Looked at' }).waitFor();
    expect(await page.getByRole('button', { name: /New|Revoke/ }).count()).toBe(0);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    await expectAccessible(page);
    expect(complaints).toEqual([]);
    await close();
  });
});

async function ownOrganization(): Promise<string> {
  return (await call<{ org_id: string }>('GET', '/portal/session', undefined, inject('token'))).org_id;
}
