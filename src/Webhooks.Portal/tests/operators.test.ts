import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { beforeAll, expect, inject, it } from 'vitest';
import { call, createToken, describeInBrowser, expectAccessible, visit } from './browser.ts';

interface Known {
  id: string;
  name: string;
}

let operator = '';
let one: Known;
let other: Known;

/** An organization of that name with a webhook that is called so, too. */
async function known(name: string): Promise<Known> {
  const id = randomUUID();
  const webhook = {
    url: `${inject('receiver')}/${encodeURIComponent(name)}/200`,
    events: ['*'],
    description: `Of ${name}`,
  };
  await call('POST', '/webhooks', webhook, createToken('--org', id));
  await call('PATCH', `/organizations/${id}`, { name }, operator);
  return { id, name };
}

beforeAll(async () => {
  operator = createToken('--scope', 'admin');
  one = await known('Lovelace Looms');
  other = await known('Hopper Harbours');
});

const chooser = (page: Page) => page.getByRole('combobox', { name: 'Look at the organization' });

describeInBrowser('An operator', () => {
  it('chooses the organization to look at, and nothing of another shows', async () => {
    const { page, complaints, close } = await visit('/', { token: operator });
    await page.getByLabel('Name contains').fill('lovelace');
    await page.getByLabel('Name contains').press('Enter');
    await page.getByRole('link', { name: `Look at it: ${one.name}` }).click();
    await page.waitForURL(`**/portal/organization/${one.id}/dashboard`);
    await page.getByRole('link', { name: 'Webhooks', exact: true }).click();
    await page.getByText(`Of ${one.name}`).waitFor();
    expect(await page.getByText(`Of ${other.name}`).count()).toBe(0);
    expect(page.url()).toBe(`${inject('server')}/portal/organization/${one.id}/webhooks`);

    // The answers for the other one come late: until then, there is nothing to be seen.
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route('**/api/v1/webhooks?**', async (route) => {
      await held;
      await route.continue();
    });
    await chooser(page).click();
    await chooser(page).fill('hopper');
    await page.getByRole('option', { name: other.name }).click();
    await page.waitForURL(`**/portal/organization/${other.id}/webhooks`);
    await page.getByRole('heading', { name: 'Webhooks', level: 1 }).waitFor();
    expect(await page.getByText(`Of ${one.name}`).count()).toBe(0);
    release();
    await page.getByText(`Of ${other.name}`).waitFor();
    expect(await chooser(page).inputValue()).toBe(other.name);
    await expectAccessible(page);

    await page.goBack();
    await page.getByText(`Of ${one.name}`).waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  it('is led by a colleague’s address to the same page', async () => {
    const path = `/organization/${other.id}/webhooks?url=Hopper`;
    const { page, complaints, close } = await visit(path, { token: operator });
    await page.getByText(`Of ${other.name}`).waitFor();
    expect(await page.getByLabel('URL contains').inputValue()).toBe('Hopper');
    await page.getByRole('link', { name: /Hopper/ }).click();
    await page.getByRole('heading', { name: 'Nothing was sent yet' }).waitFor();
    expect(page.url()).toContain(`/portal/organization/${other.id}/webhooks/`);
    expect(complaints).toEqual([]);
    await close();
  });

  it('who has chosen none is told to, where a page is of one', async () => {
    const { page, complaints, close } = await visit('/webhooks', { token: operator });
    await page.getByRole('heading', { name: 'Choose an organization' }).waitFor();
    await expectAccessible(page);
    await page.getByRole('link', { name: 'All organizations' }).click();
    await page.getByRole('heading', { name: 'Organizations', level: 1 }).waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  it('is who such an address is for, and nobody else', async () => {
    const { page, close } = await visit(`/organization/${one.id}/webhooks`);
    await page.getByRole('heading', { name: 'This address is for operators' }).waitFor();
    await expectAccessible(page);
    await page.getByRole('link', { name: 'Go to your own' }).click();
    await page.getByRole('heading', { name: 'Dashboard', level: 1 }).waitFor();
    expect(await chooser(page).count()).toBe(0);
    await close();
  });
});
