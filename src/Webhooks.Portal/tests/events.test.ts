import { randomUUID } from 'node:crypto';
import { expect, inject, it } from 'vitest';
import { call, describeInBrowser, expectAccessible, visit } from './browser.ts';

describeInBrowser('Events', () => {
  it('tell what each webhook did with one', async () => {
    const url = `${inject('receiver')}/events`;
    await call('POST', '/webhooks', { url: `${url}/200`, events: ['alert.triggered'], description: 'Wants it' });
    await call('POST', '/webhooks', { url: `${url}/other/200`, events: ['user.login'], description: 'Does not' });
    await call('POST', '/webhooks', { url: `${url}/not/200`, events: ['alert.triggered'], active: false });
    await call('POST', '/events', { event: 'alert.triggered', data: { who: 'Grace' } });

    const { page, complaints, close } = await visit('/events?event=alert.triggered');
    await page.getByRole('link', { name: 'alert.triggered' }).first().click();
    await page.getByText('"who": "Grace"').waitFor();
    const row = (path: string) => page.getByRole('row').filter({ hasText: path });
    await row('/events/200').getByText('delivered', { exact: true }).waitFor();
    await row('/events/other/200').getByText('not subscribed', { exact: true }).waitFor();
    await row('/events/not/200').getByText('skipped', { exact: true }).waitFor();
    await expectAccessible(page);
    await row('/events/200').getByRole('link', { name: 'The delivery' }).click();
    await page.getByText('1. HTTP 200').waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  it('say of one that nobody knows what that may mean', async () => {
    const { page, close } = await visit('/events');
    await page.getByLabel('Why did an event not arrive?').fill(randomUUID());
    await page.getByRole('button', { name: 'Explain' }).click();
    await page.getByText('No webhook has a delivery of this event.').waitFor();
    await page.getByText('unknown event', { exact: true }).first().waitFor();
    await expectAccessible(page);
    await close();
  });

  it('are drawn by hour for each webhook', async () => {
    const { page, complaints, close } = await visit('/webhooks', { viewport: { width: 1440, height: 2000 } });
    await page
      .getByText(/% of \d+ attempts? succeeded/)
      .first()
      .waitFor();
    await expectAccessible(page);
    expect(complaints).toEqual([]);
    await close();
  });
});
