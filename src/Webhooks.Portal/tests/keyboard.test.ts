import type { Page } from 'playwright-core';
import { expect, inject, it } from 'vitest';
import { call, describeInBrowser, visit } from './browser.ts';

interface Named {
  id: string;
}

/** Goes on with Tab until what has the focus is called so. */
async function tabTo(page: Page, name: RegExp) {
  for (let step = 0; step < 80; step++) {
    await page.keyboard.press('Tab');
    const called = await page.evaluate(() => document.activeElement?.closest('a, button')?.textContent ?? '');
    if (name.test(called)) {
      return;
    }
  }

  throw new Error(`Tab never comes to ${name}.`);
}

describeInBrowser('The keyboard', () => {
  it('leads from the list of webhooks to a redelivery', async () => {
    const url = `${inject('receiver')}/keyboard/200`;
    const webhook = await call<Named>('POST', '/webhooks', { url, events: ['user.login'], description: 'By keyboard' });
    await call('POST', '/events', { event: 'user.login', data: {} });
    await expect
      .poll(
        async () =>
          (await call<{ data: unknown[] }>('GET', `/webhooks/${webhook.id}/deliveries?status=succeeded`)).data,
      )
      .toHaveLength(1);

    const { page, complaints, close } = await visit('/webhooks?url=keyboard');
    await page.getByText('By keyboard').waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('MAIN');
    await tabTo(page, /\/keyboard\/200/);
    await page.keyboard.press('Enter');

    // The heading of the new page has the focus, and the window its name.
    const heading = page.getByRole('heading', { level: 1, name: /\/keyboard\/200/ });
    await heading.waitFor();
    await expect.poll(() => page.title()).toContain('/keyboard/200');
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H1');

    await page.getByRole('link', { name: 'user.login' }).waitFor();
    await tabTo(page, /^user\.login$/);
    await page.keyboard.press('Enter');
    await page.getByText('1. HTTP 200').first().waitFor();
    await tabTo(page, /^Redeliver$/);
    await page.keyboard.press('Enter');
    await page.getByRole('alertdialog').waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('Redelivery of').waitFor();
    expect(complaints).toEqual([]);
    await close();
  });
});
