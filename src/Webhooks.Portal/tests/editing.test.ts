import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { call, createToken, describeInBrowser, expectAccessible, visit } from './browser.ts';
import { looks, portalToken, register, type Webhook } from './given.ts';

describeInBrowser('A webhook', () => {
  it('is edited: what is changed is changed, and its headers stay though they are not shown', async () => {
    const webhook = await register('/edited/200', {
      headers: { 'X-Api-Key': 'k-4711' },
      metadata: { team: 'billing' },
      retry_delays: [60],
    });
    const { page, complaints, close } = await visit(`/webhooks/${webhook.id}`);
    await page.getByRole('link', { name: 'Edit' }).click();
    await page.getByText('X-Api-Key').waitFor();
    await page.getByText('2 attempts with 1 wait: 1 min. Gives up after 1 min.').waitFor();
    await page.getByLabel('Description').fill('Edited');
    await page.getByRole('radio', { name: 'The system’s' }).check();
    await page.getByRole('button', { name: 'Remove invoice.paid' }).click();
    await page.getByRole('button', { name: 'All of invoice.*, also those that are added later' }).click();
    await page.getByRole('button', { name: 'Remove the label team' }).click();
    const sent = page.waitForRequest((request) => request.method() === 'PATCH');
    await page.getByRole('button', { name: 'Save' }).click();
    expect((await sent).postDataJSON()).toEqual({
      description: 'Edited',
      events: ['user.created', 'invoice.*'],
      retry_delays: null,
      metadata: null,
    });
    await page.getByRole('heading', { name: '/edited/200' }).waitFor();
    await page.getByText('Edited', { exact: true }).waitFor();
    await page.getByText('Settings', { exact: true }).click();
    await page.getByText('After the system’s waits').waitFor();
    await page.getByText('X-Api-Key', { exact: true }).waitFor();
    await expectAccessible(page);
    expect(await call<Webhook>('GET', `/webhooks/${webhook.id}`)).toMatchObject({
      headers: { 'X-Api-Key': '********' },
      events: ['user.created', 'invoice.*'],
    });
    expect(complaints).toEqual([]);
    await close();
  });

  it('gets other headers when all are given anew', async () => {
    const webhook = await register('/headers/200', { headers: { 'X-Api-Key': 'k-4711', 'X-Tenant': '7' } });
    const { page, complaints, close } = await visit(`/webhooks/${webhook.id}/edit`);
    await page.getByRole('button', { name: 'Change the headers' }).click();
    await page.getByText('What you give here takes the place of all headers').waitFor();
    await page.getByRole('button', { name: 'Remove the header X-Tenant' }).click();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Save' }).click();
    const value = page.getByRole('textbox', { name: 'Value' });
    await page.getByText('Look at headers: what is wrong is said there.').waitFor();
    await value.fill('k-4712');
    const sent = page.waitForRequest((request) => request.method() === 'PATCH');
    await page.getByRole('button', { name: 'Save' }).click();
    expect((await sent).postDataJSON()).toEqual({ headers: { 'X-Api-Key': 'k-4712' } });
    await page.getByRole('heading', { name: '/headers/200' }).waitFor();
    expect((await call<Webhook>('GET', `/webhooks/${webhook.id}`)).headers).toEqual({ 'X-Api-Key': '********' });
    expect(complaints.filter((complaint) => !complaint.includes('400'))).toEqual([]);
    await close();
  });

  it('that somebody else has changed is theirs, or keeps mine on top', async () => {
    for (const keep of [false, true]) {
      const webhook = await register('/conflict/200');
      const { page, close } = await visit(`/webhooks/${webhook.id}/edit`);
      await page.getByLabel('Description').fill('Mine');
      await call('PATCH', `/webhooks/${webhook.id}`, { description: 'Theirs', timeout_seconds: 9 });
      await page.getByRole('button', { name: 'Save' }).click();
      const notice = page.getByRole('alert').filter({ hasText: 'Somebody else has changed this webhook' });
      await notice.getByText('description: theirs Theirs, yours Mine').waitFor();
      await notice.getByText('timeout seconds: theirs 9, which you left as it was').waitFor();
      await expectAccessible(page);
      if (keep) {
        await page.getByRole('button', { name: 'Keep mine on top' }).click();
        await page.getByRole('heading', { name: '/conflict/200' }).waitFor();
      } else {
        await page.getByRole('button', { name: 'See theirs' }).click();
        await notice.waitFor({ state: 'detached' });
        expect(await page.getByLabel('Description').inputValue()).toBe('Theirs');
        expect(await page.getByLabel('Time for one attempt').inputValue()).toBe('9');
      }
      expect(await call<Webhook>('GET', `/webhooks/${webhook.id}`)).toMatchObject({
        description: keep ? 'Mine' : 'Theirs',
        timeout_seconds: 9,
      });
      await close();
    }
  });

  it('keeps event types that are archived or unknown until they are removed', async () => {
    const operator = createToken('--scope', 'admin');
    const name = `outdated.type_${randomUUID().replaceAll('-', '').slice(0, 8)}`;
    await call('POST', '/event-types', { name, category: 'Outdated', description: 'Old', sample: {} }, operator);
    const webhook = await register('/archived/200', { events: [name, 'invoice.paid'] });
    await call('PATCH', `/event-types/${name}`, { archived: true }, operator);
    const { page, close } = await visit(`/webhooks/${webhook.id}/edit`);
    const chip = page.getByRole('list', { name: 'Chosen events' }).getByRole('listitem').filter({ hasText: name });
    await chip.getByText('archived').waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: `Remove ${name}` }).click();
    expect(
      await page
        .getByRole('button', { name: 'Remove invoice.paid' })
        .evaluate((button) => button === document.activeElement),
    ).toBe(true);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: '/archived/200' }).waitFor();
    expect((await call<Webhook>('GET', `/webhooks/${webhook.id}`)).events).toEqual(['invoice.paid']);
    await close();
  });

  it('that is gone meanwhile says so, and nobody edits who may only look', async () => {
    const webhook = await register('/gone/200');
    const { page, close } = await visit(`/webhooks/${webhook.id}/edit`);
    await page.getByLabel('Description').fill('Too late');
    await page.route('**/api/v1/webhooks/*', (route) =>
      route.request().method() === 'GET' ? route.abort() : route.continue(),
    );
    await call('DELETE', `/webhooks/${webhook.id}`);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('alert').getByText('Your organization has no webhook with this id.').waitFor();
    await close();

    const other = await register('/looked-at/200');
    const reader = await visit(`/webhooks/${other.id}`, { token: await portalToken({ read_only: true }) });
    await reader.page.getByRole('heading', { name: '/looked-at/200' }).waitFor();
    await reader.page.getByRole('heading', { name: 'Nothing was sent yet' }).waitFor();
    expect(await reader.page.getByRole('link', { name: 'Edit' }).count()).toBe(0);
    await reader.close();
    const direct = await visit(`/webhooks/${other.id}/edit`, { token: await portalToken({ read_only: true }) });
    await direct.page.getByRole('heading', { name: 'You may not see this' }).waitFor();
    await direct.close();
  });

  it('is edited through a link to it alone', async () => {
    const webhook = await register('/own-link/200');
    const { page, complaints, close } = await visit('/', { token: await portalToken({ webhook_id: webhook.id }) });
    await page.getByRole('link', { name: 'Edit' }).click();
    await page.getByLabel('Description').fill('By its own link');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('By its own link').waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  it('is edited on a telephone and on a wide screen, light and dark', async () => {
    const webhook = await register('/looks/200', { headers: { 'X-Api-Key': 'k-4711' } });
    for (const look of looks) {
      const { page, complaints, close } = await visit(`/webhooks/${webhook.id}/edit`, look);
      await page.getByRole('button', { name: 'Change the headers' }).click();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(look.viewport.width);
      await expectAccessible(page);
      expect(complaints).toEqual([]);
      await close();
    }
  });
});
