import { expect, inject, it } from 'vitest';
import { call, describeInBrowser, expectAccessible, visit } from './browser.ts';

interface Named {
  id: string;
}

let webhooks = 0;

/** A webhook of an event type of its own, whose receiver answers with a status. */
async function register(status: number, description: string): Promise<Named> {
  webhooks++;
  return await call<Named>('POST', '/webhooks', {
    url: `${inject('receiver')}/${webhooks}/${status}`,
    events: ['*'],
    description,
  });
}

async function published(webhook: Named): Promise<Named> {
  await call('POST', '/events', { event: 'invoice.paid', data: { amount: 12 } });
  for (;;) {
    const { data } = await call<{ data: (Named & { attempt_number: number })[] }>(
      'GET',
      `/webhooks/${webhook.id}/deliveries`,
    );
    const [tried] = data.filter(({ attempt_number }) => attempt_number > 0);
    if (tried !== undefined) {
      return tried;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describeInBrowser('A webhook and its deliveries', () => {
  it('lead from the list to a delivery that failed, why it waits, and its end', async () => {
    const webhook = await register(500, 'Fails always');
    const { page, complaints, close } = await visit('/webhooks');
    await page.getByText('Fails always').waitFor();
    await page.getByRole('link', { name: new RegExp(`/${webhooks}/500$`) }).click();
    await page.getByRole('heading', { name: 'Nothing was sent yet' }).waitFor();
    await expectAccessible(page);

    await published(webhook);
    await page.getByRole('link', { name: 'invoice.paid' }).click();
    await page.getByText('1. HTTP 500').waitFor();
    const panel = page.getByRole('complementary');
    await panel.getByText(/The next attempt is in .* because the last attempt failed\./).waitFor();
    await page.getByText('answered with 500').waitFor();
    await page.getByText('Headers of the answer').click();
    await page.getByText('Content-Type: text/plain').waitFor();
    await expectAccessible(page);

    await page.getByRole('button', { name: 'Cancel', exact: true }).click();
    await page.getByRole('heading', { name: 'Cancel the delivery of invoice.paid?' }).waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Cancel the delivery' }).click();
    await panel.getByText('canceled', { exact: true }).waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  it('is tested, and redelivered, with what came of it', async () => {
    const webhook = await register(200, 'Works always');
    const { page, complaints, close } = await visit(`/webhooks/${webhook.id}`);
    await page.getByRole('link', { name: 'Send a test' }).click();
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByRole('link', { name: 'See the delivery' }).click();
    await page.getByText('1. HTTP 200').waitFor();
    const tested = page.url();
    await page.getByRole('button', { name: 'Redeliver' }).click();
    await page.getByRole('button', { name: 'Redeliver' }).last().click();
    await page.getByText('Redelivery of').waitFor();
    await page.getByText('1. HTTP 200').waitFor();
    expect(page.url()).not.toBe(tested);
    expect(complaints).toEqual([]);
    await close();
  });

  it('are looked at beside the list, whose place is kept, and on a page of their own', async () => {
    const webhook = await register(200, 'Beside');
    const delivery = await published(webhook);
    const { page, complaints, close } = await visit(`/webhooks/${webhook.id}`);
    const row = page.getByRole('link', { name: 'invoice.paid' });
    await row.focus();
    await page.keyboard.press('Enter');
    const panel = page.getByRole('complementary', { name: 'Delivery of invoice.paid' });
    await panel.getByText('1. HTTP 200').waitFor();
    expect(new URL(page.url()).searchParams.get('delivery')).toBe(delivery.id);
    expect(await row.getAttribute('aria-current')).toBe('true');
    expect(
      await panel
        .getByRole('heading')
        .first()
        .evaluate((element) => element === document.activeElement),
    ).toBe(true);
    await expectAccessible(page);

    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
    expect(new URL(page.url()).search).toBe('');
    expect(await row.evaluate((element) => element === document.activeElement)).toBe(true);

    await page.goBack();
    await panel.getByRole('button', { name: 'Redeliver' }).click();
    await page.keyboard.press('Escape');
    await page.getByRole('alertdialog').waitFor({ state: 'detached' });
    await panel.getByRole('link', { name: 'Open as a page' }).click();
    await page.getByRole('heading', { name: 'Delivery of invoice.paid', level: 1 }).waitFor();
    expect(new URL(page.url()).pathname).toBe(`/portal/webhooks/${webhook.id}/deliveries/${delivery.id}`);
    expect(complaints).toEqual([]);
    await close();
  });

  it('says why the server does not redeliver what is erased', async () => {
    const webhook = await register(200, 'Erased');
    const delivery = await published(webhook);
    await call('POST', `/webhooks/${webhook.id}/deliveries/${delivery.id}/redact`);
    const { page, close } = await visit(`/webhooks/${webhook.id}/deliveries/${delivery.id}`);
    await page.getByText('It has been erased, and cannot be sent again.').waitFor();
    await page.getByRole('button', { name: 'Redeliver' }).click();
    await page.getByRole('button', { name: 'Redeliver' }).last().click();
    await page.getByRole('alert').getByText('has been erased').waitFor();
    await close();
  });

  it('says that somebody else has changed it meanwhile', async () => {
    const webhook = await register(200, 'Changed by two');
    const { page, close } = await visit(`/webhooks/${webhook.id}`);
    await page.getByRole('button', { name: 'Deactivate' }).click();
    const path = `**/api/v1/webhooks/${webhook.id}`;
    await page.route(path, (route) => (route.request().method() === 'GET' ? route.abort() : route.continue()));
    await call('PATCH', `/webhooks/${webhook.id}`, { description: 'Changed by the other' });
    await page.getByRole('button', { name: 'Deactivate' }).last().click();
    await page
      .getByRole('alert')
      .getByText(/changed/)
      .first()
      .waitFor();
    await page.unroute(path);
    await page.getByRole('button', { name: 'Keep it as it is' }).click();
    await page.getByText('Changed by the other').waitFor();
    await page.getByRole('button', { name: 'Deactivate' }).click();
    await page.getByRole('button', { name: 'Deactivate' }).last().click();
    await page.getByText('Somebody deactivated it.').waitFor();
    await close();
  });

  it('shows its filters in the address, and what they leave', async () => {
    const webhook = await register(200, 'Filtered');
    await published(webhook);
    const { page, close } = await visit(`/webhooks/${webhook.id}?status=succeeded`);
    await page.getByRole('link', { name: 'invoice.paid' }).first().waitFor();
    await page.getByLabel('Status').selectOption('failed');
    await page.getByRole('heading', { name: 'No delivery is like that' }).waitFor();
    expect(new URL(page.url()).searchParams.get('status')).toBe('failed');
    await page.getByRole('button', { name: 'Clear filters' }).last().click();
    await page.getByRole('link', { name: 'invoice.paid' }).first().waitFor();
    await close();
  });

  it('fits a telephone, light and dark', async () => {
    const webhook = await register(200, 'On a telephone');
    const delivery = await published(webhook);
    for (const colorScheme of ['light', 'dark'] as const) {
      const viewport = { width: 360, height: 740 };
      const { page, complaints, close } = await visit(`/webhooks/${webhook.id}`, { viewport, colorScheme });
      await page.getByRole('link', { name: 'invoice.paid' }).first().waitFor();
      await expectAccessible(page);
      await page.goto(
        `${inject('server')}/portal/webhooks/${webhook.id}/deliveries/${delivery.id}#token=${inject('token')}`,
      );
      await page.getByText('1. HTTP 200').waitFor();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
      await expectAccessible(page);
      expect(complaints).toEqual([]);
      await close();
    }
  });
});
