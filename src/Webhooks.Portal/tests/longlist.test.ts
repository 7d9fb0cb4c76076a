import type { CDPSession, Page } from 'playwright-core';
import { beforeAll, expect, inject, it } from 'vitest';
import { call, describeInBrowser, expectAccessible, visit } from './browser.ts';

const many = 10_000;
const atOnce = 500;

let webhookId = '';

/** A webhook with ten thousand deliveries: it was not active when their events came. */
beforeAll(async () => {
  const url = `${inject('receiver')}/many/200`;
  const webhook = { url, events: ['device.offline'], active: false, description: 'Has many' };
  webhookId = (await call<{ id: string }>('POST', '/webhooks', webhook)).id;
  for (let number = 0; number < many; number += atOnce) {
    const events = Array.from({ length: atOnce }, (_, at) => ({
      event: 'device.offline',
      data: { number: number + at },
    }));
    await call('POST', '/events', events);
  }
});

const deliveryLinks = (page: Page) => page.getByRole('link', { name: 'device.offline', exact: true });

/** What the page holds, after the collector has run. */
async function measure(browser: CDPSession) {
  await browser.send('HeapProfiler.collectGarbage');
  const { metrics } = await browser.send('Performance.getMetrics');
  const metric = (name: string) => metrics.find((one) => one.name === name)?.value ?? Number.NaN;
  return { nodes: metric('Nodes'), heap: metric('JSHeapUsedSize') / 1e6 };
}

/** Scrolls by screens until a condition holds. */
async function scrollUntil(page: Page, by: number, holds: () => Promise<boolean>) {
  while (!(await holds())) {
    await page.evaluate((height) => window.scrollBy(0, height), by);
    await page.waitForFunction(() => document.querySelectorAll('tbody .placeholder').length < 5);
  }
}

const lastRow = (page: Page) =>
  page.evaluate(() =>
    Math.max(0, ...[...document.querySelectorAll('[aria-rowindex]')].map((row) => Number(row.ariaRowIndex))),
  );

describeInBrowser('A list of ten thousand deliveries', () => {
  it('scrolls to its end and back without growing', async () => {
    const { page, complaints, close } = await visit(`/webhooks/${webhookId}`);
    await deliveryLinks(page).first().waitFor();
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable');

    await scrollUntil(page, 5_000, async () => (await lastRow(page)) > 1_000);
    const early = await measure(session);
    const most = { rows: 0 };
    await scrollUntil(page, 20_000, async () => {
      most.rows = Math.max(most.rows, await page.locator('[aria-rowindex]').count());
      return (await lastRow(page)) === many + 1;
    });
    const late = await measure(session);
    expect(most.rows).toBeLessThan(100);
    expect(late.nodes).toBeLessThan(early.nodes * 1.3);
    expect(late.heap).toBeLessThan(early.heap + 8);

    await page.getByRole('button', { name: 'Go to the newest' }).click();
    await page.locator('[aria-rowindex="2"]').waitFor();
    await expect.poll(async () => (await measure(session)).heap, { timeout: 20_000 }).toBeLessThan(early.heap + 4);
    expect((await measure(session)).nodes).toBeLessThan(early.nodes * 1.3);
    expect(complaints).toEqual([]);
    await close();
  });

  it('keeps in the address where one is, and begins there', async () => {
    const { page, complaints, close } = await visit(`/webhooks/${webhookId}?status=skipped`);
    await deliveryLinks(page).first().waitFor();
    await scrollUntil(page, 5_000, async () => (await lastRow(page)) > 300);
    await page.waitForURL(/cursor=/);
    const place = new URL(page.url());
    expect(place.searchParams.get('status')).toBe('skipped');
    await close();

    const again = await visit(`${place.pathname.replace('/portal', '')}${place.search}`);
    await deliveryLinks(again.page).first().waitFor();
    await again.page.getByRole('button', { name: 'Go to the newest' }).click();
    await again.page.waitForURL((url) => !url.searchParams.has('cursor'));
    await deliveryLinks(again.page).first().waitFor();
    expect([...complaints, ...again.complaints]).toEqual([]);
    await again.close();
  });

  it('shows the newest as they come, and moves nobody who has scrolled', async () => {
    const { page, complaints, close } = await visit(`/webhooks/${webhookId}`);
    await deliveryLinks(page).first().waitFor();
    const newest = () => page.locator('[aria-rowindex="2"] a').getAttribute('href');
    const before = await newest();
    await call('POST', '/events', { event: 'device.offline', data: {} });
    await expect.poll(newest, { timeout: 20_000 }).not.toBe(before);

    await scrollUntil(page, 3_000, async () => (await lastRow(page)) > 150);
    const seen = () =>
      page.evaluate(() => {
        const row = [...document.querySelectorAll('[aria-rowindex]')].find(
          (one) => one.getBoundingClientRect().top >= 0,
        );
        return { href: row?.querySelector('a')?.getAttribute('href'), top: row?.getBoundingClientRect().top };
      });
    const place = await seen();
    const asked = page.waitForResponse((response) => response.url().includes('/deliveries?') && response.ok());
    await call('POST', '/events', { event: 'device.offline', data: {} });
    await asked;
    await page.waitForResponse((response) => response.url().includes('/deliveries?') && response.ok());
    const after = await seen();
    expect(after.href).toBe(place.href);
    expect(Math.abs((after.top ?? 0) - (place.top ?? 0))).toBeLessThan(3);
    await expectAccessible(page);
    expect(complaints).toEqual([]);
    await close();
  });

  it('keeps the focus on a row that is scrolled away', async () => {
    const { page, complaints, close } = await visit(`/webhooks/${webhookId}`);
    await deliveryLinks(page).first().focus();
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('href'));
    const href = await focused();
    expect(href).toContain(webhookId);
    await scrollUntil(page, 5_000, async () => (await lastRow(page)) > 300);
    expect(await focused()).toBe(href);
    // The keyboard goes on from there, and takes the window with it.
    await page.keyboard.press('Tab');
    const next = page.locator('[aria-rowindex="3"] a');
    expect(await focused()).toBe(await next.getAttribute('href'));
    await expect.poll(() => next.evaluate((link) => link.getBoundingClientRect().top >= 0)).toBe(true);
    expect(complaints).toEqual([]);
    await close();
  });
});
