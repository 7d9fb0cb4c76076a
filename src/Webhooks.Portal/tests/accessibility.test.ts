import { beforeAll, expect, inject, it } from 'vitest';
import { call, createToken, describeInBrowser, expectAccessible, visit } from './browser.ts';

interface Named {
  id: string;
}

let ids: { webhook: string; delivery: string; event: string; org: string };
let operator = '';

beforeAll(async () => {
  operator = createToken('--scope', 'admin');
  const url = `${inject('receiver')}/every-screen/500`;
  const webhook = await call<Named & { org_id: string }>('POST', '/webhooks', { url, events: ['user.login'] });
  await call('POST', '/events', { event: 'user.login', data: { who: 'Grace' } });
  let [delivery] = await deliveriesOf(webhook.id);
  while (delivery === undefined) {
    [delivery] = await deliveriesOf(webhook.id);
  }
  ids = { webhook: webhook.id, delivery: delivery.id, event: delivery.event_id, org: webhook.org_id };
});

const deliveriesOf = async (webhook: string) =>
  (await call<{ data: (Named & { event_id: string })[] }>('GET', `/webhooks/${webhook}/deliveries`)).data;

/** Every screen, by its address. */
const screens: readonly (() => string)[] = [
  () => '/dashboard',
  () => '/webhooks',
  () => '/webhooks/new',
  () => `/webhooks/${ids.webhook}`,
  () => `/webhooks/${ids.webhook}?delivery=${ids.delivery}`,
  () => `/webhooks/${ids.webhook}/edit`,
  () => `/webhooks/${ids.webhook}/test`,
  () => `/webhooks/${ids.webhook}/rotate`,
  () => `/webhooks/${ids.webhook}/recover`,
  () => `/webhooks/${ids.webhook}/deliveries/${ids.delivery}`,
  () => '/events',
  () => `/events/${ids.event}`,
  () => '/event-types',
  () => '/event-types/user.login',
  () => '/api-keys',
  () => '/sessions',
  () => '/audit',
  () => '/nowhere',
];

/** Those for operators, who name the organization. */
const operatorScreens: readonly (() => string)[] = [
  () => '/organizations',
  () => `/organizations/${ids.org}`,
  () => `/organization/${ids.org}/event-types/new`,
  () => `/organization/${ids.org}/event-types/import`,
];

describeInBrowser('Every screen', () => {
  it.each(
    [360, 1440].flatMap((width) => (['light', 'dark'] as const).map((colorScheme) => [width, colorScheme] as const)),
  )('is accessible and fits at %s px, %s', async (width, colorScheme) => {
    for (const [paths, token] of [
      [screens, inject('token')],
      [operatorScreens, operator],
    ] as const) {
      const { page, complaints, close } = await visit('/', { token, viewport: { width, height: 900 }, colorScheme });
      await page.getByRole('heading', { level: 1 }).first().waitFor();
      for (const screen of paths) {
        const path = screen();
        // Without a reload, as links go: the token is in the page's memory.
        await page.evaluate((to) => window.history.pushState(null, '', `/portal${to}`), path);
        await page.getByRole('heading').first().waitFor();
        await page.waitForFunction(() => document.querySelector('.placeholder') === null);
        await expectAccessible(page);
        const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect(tooWide, `${path} is wider than the window`).toBeLessThanOrEqual(0);
      }
      expect(complaints).toEqual([]);
      await close();
    }
  });
});
