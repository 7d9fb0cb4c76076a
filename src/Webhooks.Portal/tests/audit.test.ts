import { expect, inject, it } from 'vitest';
import { call, createToken, describeInBrowser, expectAccessible, visit } from './browser.ts';

describeInBrowser('The audit', () => {
  it('tells who changed what, before and since, and is narrowed in the address', async () => {
    const url = `${inject('receiver')}/audited/200`;
    const { id } = await call<{ id: string }>('POST', '/webhooks', { url, events: ['user.*'], description: 'Before' });
    await call('PATCH', `/webhooks/${id}`, { description: 'Since' });
    const { page, complaints, close } = await visit('/audit');
    await page.getByLabel('Webhook', { exact: true }).fill('audited');
    await page.getByRole('option', { name: url }).click();
    await page.getByRole('listitem').filter({ hasText: 'Created a webhook' }).filter({ hasText: url }).waitFor();
    expect(new URL(page.url()).searchParams.get('webhook')).toBe(id);
    await expect.poll(() => page.getByRole('listitem').count()).toBe(2);

    await page.getByLabel('What was done').selectOption('Changed a webhook');
    const changed = page.getByRole('listitem').filter({ hasText: 'Changed a webhook' }).filter({ hasText: url });
    await changed.getByText('before: Before').waitFor();
    await changed.getByText('since: Since').waitFor();
    await changed.getByText('from 127.0.0.1').waitFor();
    await expectAccessible(page);
    await changed.getByRole('link', { name: url }).click();
    await page.getByRole('heading', { name: url }).waitFor();
    await page.goBack();
    await changed.waitFor();

    await page.getByLabel('From').fill('2999-01-01T00:00');
    await page.getByLabel('From').press('Enter');
    await page.getByRole('heading', { name: 'No change is like that' }).waitFor();
    expect(new URL(page.url()).searchParams.get('from')).toBe(new Date('2999-01-01T00:00').toISOString());
    await page.getByRole('button', { name: 'Clear filters' }).last().click();
    await page.getByRole('listitem').filter({ hasText: 'Created a webhook' }).first().waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  it('names the key that did it, and calls what is gone by its name', async () => {
    const name = 'Cleaner';
    const made = await call<{ id: string; key: string }>('POST', '/api-keys', { name, scopes: ['webhooks:write'] });
    const url = `${inject('receiver')}/cleaned/200`;
    const { id } = await call<{ id: string }>('POST', '/webhooks', { url, events: ['*'] });
    await call('DELETE', `/webhooks/${id}`, undefined, made.key);
    const { page, close } = await visit('/audit?action=webhook.deleted', { viewport: { width: 360, height: 740 } });
    const entry = page.getByRole('listitem').filter({ hasText: url });
    await entry.getByRole('link', { name: 'the key “Cleaner”' }).click();
    await entry.waitFor();
    expect(new URL(page.url()).searchParams.get('actor')).toBe(made.id);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    await expectAccessible(page);
    await close();
  });

  it('has the changes of the catalog for operators', async () => {
    const { org_id } = await call<{ org_id: string }>('GET', '/portal/session');
    const operator = createToken('--org', org_id, '--scope', 'admin');
    const type = { name: 'audit.looked_at', category: 'Audit', description: 'When somebody looks.' };
    await call('POST', '/event-types', type, operator);
    const { page, complaints, close } = await visit('/audit', { token: operator, colorScheme: 'dark' });
    await page.getByLabel('Changes of').selectOption('The event catalog');
    await page.getByRole('listitem').filter({ hasText: 'audit.looked_at' }).waitFor();
    await expectAccessible(page);
    expect(complaints).toEqual([]);
    await close();
  });
});
