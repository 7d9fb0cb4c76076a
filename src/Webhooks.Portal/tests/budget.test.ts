import { gzipSync } from 'node:zlib';
import { expect, inject, it } from 'vitest';
import { describeInBrowser, visit } from './browser.ts';

const most = 180_000;

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
    expect(total).toBeLessThanOrEqual(most);
  });
});
