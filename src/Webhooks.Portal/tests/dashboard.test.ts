import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { expect, inject, it } from 'vitest';
import { call, createToken, describeInBrowser, expectAccessible, visit } from './browser.ts';

/** A token of an organization of its own. */
const newToken = () => createToken('--org', randomUUID());

/** Webhooks whose receivers answer with these statuses, and an event for each of them, whose attempts have been made. */
async function published(token: string, ...statuses: number[]): Promise<void> {
  for (const status of statuses) {
    await call('POST', '/webhooks', { url: `${inject('receiver')}/dashboard/${status}`, events: ['*'] }, token);
  }
  await call('POST', '/events', { event: 'invoice.paid', data: { amount: 12 } }, token);
  for (;;) {
    const { totals } = await call<{ totals: { attempts: number } }>('GET', '/stats', undefined, token);
    if (totals.attempts >= statuses.length) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** What is drawn in the first chart, how wide that is, and whether it is anything at all. */
const drawingOf = (page: Page) =>
  page
    .locator('.chart canvas')
    .first()
    .evaluate((element) => {
      const drawn = element as HTMLCanvasElement;
      const blank = document.createElement('canvas');
      blank.width = drawn.width;
      blank.height = drawn.height;
      const picture = drawn.toDataURL();
      return { picture, width: drawn.clientWidth, isBlank: picture === blank.toDataURL() };
    });

describeInBrowser('The dashboard', () => {
  it('is where one begins, and tells what deliveries do, by numbers, drawings and tables', async () => {
    const token = newToken();
    await published(token, 200, 503);
    const { page, complaints, close } = await visit('/', { token });
    await page.getByRole('heading', { name: 'Dashboard', level: 1 }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/portal/dashboard');
    await page.getByText('of 1 that have ended').waitFor();
    await page.getByText('HTTP 503', { exact: true }).waitFor();
    await page.getByText('1 delivery pending', { exact: true }).waitFor();
    await page.getByText('Wait for the next attempt, as the last one failed').waitFor();
    await page.locator('.chart canvas').nth(1).waitFor();
    await expect.poll(async () => (await drawingOf(page)).isBlank).toBe(false);
    await expectAccessible(page);

    const chart = page.getByRole('figure', { name: 'Deliveries per minute' });
    await chart.getByText('The numbers as a table').click();
    await chart.getByRole('columnheader', { name: 'Not sent' }).waitFor();
    expect(await chart.getByRole('row').count()).toBeGreaterThan(20);
    await expectAccessible(page);

    await page.getByRole('link', { name: /dashboard\/503$/ }).click();
    await page.getByRole('heading', { name: /dashboard\/503$/ }).waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  it('has its window in the address, and begins with the one that stands there', async () => {
    const token = newToken();
    await published(token, 200);
    const { page, complaints, close } = await visit('/dashboard?window=hour', { token });
    const chart = page.getByRole('figure', { name: 'Deliveries per minute' });
    await chart.getByText('The numbers as a table').click();
    await expect.poll(() => chart.getByRole('row').count()).toBeGreaterThan(60);
    await page.getByRole('button', { name: 'Last week' }).click();
    await expect.poll(() => chart.getByRole('row').count()).toBeGreaterThan(160);
    expect(new URL(page.url()).searchParams.get('window')).toBe('week');
    expect(await page.getByRole('button', { name: 'Last week' }).getAttribute('aria-pressed')).toBe('true');
    expect(complaints).toEqual([]);
    await close();
  });

  it('is drawn in the colours of the theme, and as wide as there is room', async () => {
    const token = newToken();
    await published(token, 200);
    const { page, complaints, close } = await visit('/dashboard', { token, colorScheme: 'light' });
    await page.locator('.chart canvas').nth(1).waitFor();
    await expect.poll(async () => (await drawingOf(page)).isBlank).toBe(false);
    // Nothing else that would make it be drawn anew.
    await page.route('**/api/v1/**', () => undefined);
    const light = await drawingOf(page);
    await page.emulateMedia({ colorScheme: 'dark' });
    await expect.poll(async () => (await drawingOf(page)).picture).not.toBe(light.picture);
    await page.setViewportSize({ width: 360, height: 740 });
    await expect.poll(async () => (await drawingOf(page)).width).toBeLessThan(light.width);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    await expectAccessible(page);
    expect(complaints).toEqual([]);
    await close();
  });

  it('does not move while it is drawn', async () => {
    const token = newToken();
    await published(token, 200);
    const { page, close } = await visit('/webhooks', { token });
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route('**/assets/Plot-*.js', async (route) => {
      await released;
      await route.continue();
    });
    await page.getByRole('link', { name: 'Dashboard', exact: true }).click();
    const box = page.locator('.chart');
    const before = [await box.first().boundingBox(), await box.nth(1).boundingBox()];
    expect(await page.locator('canvas').count()).toBe(0);
    release();
    await page.locator('.chart canvas').nth(1).waitFor();
    expect([await box.first().boundingBox(), await box.nth(1).boundingBox()]).toEqual(before);
    await close();
  });

  it('says what to do when there is nothing to show', async () => {
    const token = newToken();
    const { page, complaints, close } = await visit('/dashboard', { token, colorScheme: 'dark' });
    await page.getByRole('heading', { name: 'No webhooks yet' }).waitFor();
    await expectAccessible(page);
    await call('POST', '/webhooks', { url: `${inject('receiver')}/quiet/200`, events: ['*'] }, token);
    await page.goto(`${inject('server')}/portal/dashboard?window=week#token=${token}`);
    await page.getByRole('heading', { name: 'Nothing was delivered in this time' }).waitFor();
    await page.getByRole('link', { name: 'To the webhooks' }).click();
    await page.getByRole('heading', { name: 'Webhooks', level: 1 }).waitFor();
    expect(complaints).toEqual([]);
    await close();
  });
});
