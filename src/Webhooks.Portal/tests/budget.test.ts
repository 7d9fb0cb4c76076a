import { gzipSync } from 'node:zlib';
import { expect, inject, it } from 'vitest';
import { call, describeInBrowser, newPage, visit } from './browser.ts';

const mostBytes = 180_000;
const mostMilliseconds = 1_000;
const slowdown = 4;
// What the yardstick takes, so slowed down, on the machine that the budget is for.
const yardstickMilliseconds = 290;

describeInBrowser('The first screen', () => {
  it('is at most 180 kB, compressed', async () => {
    const { page, close } = await visit('/');
    await page.getByRole('heading', { level: 1 }).waitFor();
    const paths = await page.evaluate(() => [
      location.pathname,
      ...performance
        .getEntriesByType('resource')
        .map(({ name }) => new URL(name).pathname)
        .filter((path) => path.startsWith('/portal/assets/')),
    ]);
    await close();

    expect(paths.length).toBeGreaterThan(2);
    let total = 0;
    for (const path of paths) {
      const body = await (await fetch(inject('server') + path)).arrayBuffer();
      total += gzipSync(new Uint8Array(body)).length;
    }
    expect(total).toBeLessThanOrEqual(mostBytes);
  });

  it('is interactive within a second of a processor that is four times slower', async () => {
    await call('POST', '/webhooks', { url: `${inject('receiver')}/200`, events: ['*'] });
    let best = Number.POSITIVE_INFINITY;
    // Caches of the server and of the browser are cold at first, and other programs keep the processor's from being warm.
    for (let attempt = 0; attempt < 20 && best >= mostMilliseconds; attempt++) {
      best = Math.min(best, await timeUntilInteractive());
    }

    expect(best).toBeLessThan(mostMilliseconds);
  });
});

/**
 * The time that the page's thread has had of the processor until a link of the list is there, which works then, in milliseconds: on a
 * machine that does nothing else, as long as it takes; on one that does, what it would take, since what waits for its turn is not counted.
 * Machines differ, and one from hour to hour: it is measured by the yardstick, in the same page.
 */
async function timeUntilInteractive(): Promise<number> {
  const { page, close } = await newPage();
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
  const spent = async () => {
    const { metrics } = await devtools.send('Performance.getMetrics');
    return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN);
  };

  const before = await spent();
  await page.goto(`${inject('server')}/portal/webhooks#token=${inject('token')}`, { waitUntil: 'commit' });
  const link = page.getByRole('table').getByRole('link').first();
  await link.waitFor();
  const taken = (await spent()) - before;
  const yardstickBegan = await spent();
  await page.evaluate(doYardstick);
  const yardstick = (await spent()) - yardstickBegan;
  await link.click();
  await page.waitForURL('**/portal/webhooks/*');
  await close();
  return (taken * yardstickMilliseconds) / yardstick;
}

/** Work that is a page's in kind and the same everywhere: strings and objects are made, compared and forgotten. */
function doYardstick(): number {
  const rows = Array.from({ length: 60_000 }, (_, index) => ({ id: `${(index * 7919) % 60_000}`, at: index }));
  rows.sort((one, other) => (one.id < other.id ? -1 : 1));
  return JSON.parse(JSON.stringify(rows)).length;
}
