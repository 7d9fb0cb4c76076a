import { expect, inject, it } from 'vitest';
import { call, describeInBrowser, expectAccessible, visit } from './browser.ts';

describeInBrowser('Portal links', () => {
  it('are made for one webhook, shown once, opened, and revoked', async () => {
    const url = `${inject('receiver')}/linked/200`;
    const { id } = await call<{ id: string }>('POST', '/webhooks', { url, events: ['*'], description: 'Linked to' });
    const { page, complaints, close } = await visit('/sessions');
    await page.getByRole('button', { name: 'New portal link' }).click();
    await page.getByLabel('Link to').fill('linked to');
    await page.getByRole('option', { name: /linked/ }).waitFor();
    await expectAccessible(page);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    expect(await page.getByLabel('Link to').inputValue()).toBe(url);
    await page.getByLabel('It ends after').selectOption('15 minutes');
    await page.getByLabel('Look only').check();
    await page.getByRole('button', { name: 'Make the link' }).click();

    const link = new URL(await page.getByLabel('Portal link', { exact: true }).inputValue());
    await expectAccessible(page);
    const other = await visit(`/${link.search}`, { token: link.hash.replace('#token=', '') });
    await other.page.getByRole('heading', { name: url }).waitFor();
    expect(new URL(other.page.url()).pathname).toBe(`/portal/webhooks/${id}`);
    await other.page.getByText('You may look, not change.').waitFor();
    await page.getByRole('button', { name: 'I have saved it' }).click();

    const row = page.getByRole('row').filter({ hasText: url });
    await row.getByText('open', { exact: true }).waitFor();
    await row.getByText('Look', { exact: true }).waitFor();
    await expectAccessible(page);
    await row.getByRole('button', { name: 'Revoke' }).click();
    await page.getByRole('heading', { name: new RegExp(`Revoke the link to ${url}, made `) }).waitFor();
    await page.getByRole('button', { name: 'Revoke the link' }).click();
    await row.getByText('revoked', { exact: true }).waitFor();
    await other.page.getByRole('heading', { name: 'Your access has ended' }).waitFor();
    expect(complaints).toEqual([]);
    await other.close();
    await close();
  });

  it('say so when the webhook is gone meanwhile', async () => {
    const url = `${inject('receiver')}/gone-meanwhile/200`;
    const { id } = await call<{ id: string }>('POST', '/webhooks', { url, events: ['*'] });
    const { page, close } = await visit('/sessions');
    await page.getByRole('button', { name: 'New portal link' }).click();
    await page.getByLabel('Link to').fill(id);
    await page.getByRole('option', { name: url }).click();
    await call('DELETE', `/webhooks/${id}`);
    await page.getByRole('button', { name: 'Make the link' }).click();
    await page.getByRole('alert').waitFor();
    await expectAccessible(page);
    await close();
  });

  it('are no business of a link to one webhook', async () => {
    const url = `${inject('receiver')}/only/200`;
    const { id } = await call<{ id: string }>('POST', '/webhooks', { url, events: ['*'] });
    const made = await call<{ url: string }>('POST', '/portal/sessions', { webhook_id: id });
    const { page, close } = await visit('/sessions', { token: new URL(made.url).hash.replace('#token=', '') });
    await page.getByRole('heading', { name: 'You may not see this' }).waitFor();
    expect(await page.getByRole('link', { name: 'Portal links' }).count()).toBe(0);
    await expectAccessible(page);
    await close();
  });
});
