import { randomUUID } from 'node:crypto';
import { expect, inject, it } from 'vitest';
import { call, describeInBrowser, expectAccessible, visit } from './browser.ts';

const field = { name: 'Screen, webhook, id or action' };

describeInBrowser('The command palette', () => {
  it('is opened by the keyboard, leads to a screen and to a webhook, and gives the focus back', async () => {
    const url = `${inject('receiver')}/palette/200`;
    await call('POST', '/webhooks', { url, events: ['*'], description: 'Found by Ctrl-K' });
    const { page, complaints, close } = await visit('/events');
    const open = page.getByRole('button', { name: 'Go to … Ctrl K' });
    await open.focus();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', field).waitFor();
    await page.getByRole('option', { name: 'Dashboard' }).waitFor();
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await page.getByRole('combobox', field).waitFor({ state: 'detached' });
    await expect.poll(() => open.evaluate((button) => button === document.activeElement)).toBe(true);

    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', field).fill('audi');
    await page.getByRole('option', { name: 'Dashboard' }).waitFor({ state: 'detached' });
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Audit', level: 1 }).waitFor();

    await open.click();
    await page.getByRole('combobox', field).fill('found by ctrl');
    await page.getByRole('option', { name: url }).waitFor();
    await expectAccessible(page);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: url }).waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  it('leads to a delivery, an event and a webhook by a pasted id', async () => {
    const url = `${inject('receiver')}/pasted/200`;
    const webhook = await call<{ id: string }>('POST', '/webhooks', { url, events: ['*'] });
    const delivery = await call<{ id: string; event_id: string }>('POST', `/webhooks/${webhook.id}/test`, {});
    const { page, complaints, close } = await visit('/dashboard');
    await page.getByRole('button', { name: /^Go to …/ }).waitFor();
    const paste = async (id: string) => {
      await page.getByRole('combobox', field).waitFor({ state: 'detached' });
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox', field).fill(id);
    };
    await paste(delivery.id.toUpperCase());
    await page.getByRole('option', { name: /^Delivery of / }).click();
    await page.waitForURL(`**/webhooks/${webhook.id}/deliveries/${delivery.id}`);
    await page.getByRole('heading', { name: /^Delivery of / }).waitFor();

    await paste(` ${delivery.event_id} `);
    await page.getByRole('option', { name: /^Event with this id/ }).click();
    await page.waitForURL(`**/events/${delivery.event_id}`);

    await paste(webhook.id);
    await page.getByRole('option', { name: url }).click();
    await page.getByRole('heading', { name: url }).waitFor();

    await paste('nothing is called like that');
    await page.getByText('There is nothing of that name.').waitFor();
    await expectAccessible(page);
    expect(complaints).toEqual([]);
    await close();
  });

  it('makes the page dark and light', async () => {
    const { page, complaints, close } = await visit('/events', { colorScheme: 'light' });
    await page.getByRole('button', { name: /^Go to …/ }).waitFor();
    const scheme = () => page.evaluate(() => document.documentElement.style.colorScheme);
    for (const [command, expected] of [
      ['Dark colours', 'dark'],
      ['Light colours', 'light'],
    ] as const) {
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox', field).fill('colours');
      await page.getByRole('option', { name: command }).click();
      await expect.poll(scheme).toBe(expected);
      await page.getByRole('combobox', field).waitFor({ state: 'detached' });
    }
    expect(complaints).toEqual([]);
    await close();
  });

  it('offers only what the session may see, and leaves no question open', async () => {
    const url = `${inject('receiver')}/one/200`;
    const { id } = await call<{ id: string }>('POST', '/webhooks', { url, events: ['*'] });
    const made = await call<{ url: string }>('POST', '/portal/sessions', { webhook_id: id });
    const { page, complaints, close } = await visit(`/webhooks/${id}`, {
      token: new URL(made.url).hash.replace('#token=', ''),
      viewport: { width: 360, height: 740 },
      colorScheme: 'dark',
    });
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByRole('button', { name: /^Go to …/ }).click();
    await page.getByRole('option', { name: url }).waitFor();
    await page.getByRole('option', { name: 'Event types' }).waitFor();
    expect(await page.getByRole('option', { name: /Dashboard|API keys|New / }).count()).toBe(0);
    await expectAccessible(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', field).waitFor({ state: 'detached' });

    await page.getByRole('button', { name: 'Deactivate' }).click();
    await page.getByRole('alertdialog').waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('button', { name: 'Keep it as it is' }).click();
    await page.getByRole('alertdialog').waitFor({ state: 'detached' });
    expect(await page.getByRole('combobox', field).count()).toBe(0);
    expect(complaints).toEqual([]);
    await close();
  });

  it('leads on by an id also when the server cannot be asked about it', async () => {
    const { page, close } = await visit('/events');
    await page.getByRole('heading', { name: 'Events', level: 1 }).waitFor();
    await page.route('**/api/v1/**', (route) => route.abort());
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', field).fill(randomUUID());
    await page.getByRole('option', { name: /^Event with this id/ }).waitFor();
    await close();
  });
});
