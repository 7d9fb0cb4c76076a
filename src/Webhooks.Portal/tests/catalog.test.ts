import { expect, it } from 'vitest';
import { call, createToken, describeInBrowser, expectAccessible, visit } from './browser.ts';

let editor: Promise<string> | undefined;

/** A token of the organization that may change the catalog as well. */
const editorToken = () => {
  editor ??= call<{ org_id: string }>('GET', '/portal/session').then(({ org_id }) =>
    createToken('--org', org_id, '--scope', 'webhooks:read', '--scope', 'event-types:write'),
  );
  return editor;
};

describeInBrowser('The event catalog', () => {
  it('is searched in the address, and leads to what a type tells', async () => {
    const { page, complaints, close } = await visit('/event-types');
    await page.getByRole('heading', { name: 'User' }).waitFor();
    await expectAccessible(page);
    await page.getByLabel('Search').fill('signed in');
    await page.getByLabel('Search').press('Enter');
    await page.getByRole('link', { name: 'user.created' }).waitFor({ state: 'detached' });
    expect(new URL(page.url()).searchParams.get('search')).toBe('signed in');
    expect(await page.getByRole('link', { name: /New|Import/ }).count()).toBe(0);

    await page.getByRole('link', { name: 'user.login' }).click();
    await page.getByRole('heading', { name: 'user.login', level: 1 }).waitFor();
    await page.getByText('"user_id"').waitFor();
    await page.getByText('It has no schema').waitFor();
    expect(await page.getByRole('button', { name: /Archive|Delete/ }).count()).toBe(0);
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Copy the sample' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    await page.goBack();
    await page.getByLabel('Search').fill('no type says this');
    await page.getByLabel('Search').press('Enter');
    await page.getByRole('heading', { name: 'No event type is like that' }).waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  it('gets a type, which is edited, archived, offered again and deleted', async () => {
    const { page, complaints, close } = await visit('/event-types', { token: await editorToken() });
    await page.getByRole('link', { name: 'New event type' }).click();
    await page.getByLabel('Name').fill('shipment.sent');
    await page.getByLabel('Category').fill('Shipping');
    await page.getByLabel('Description').fill('A parcel left.');
    await page.getByLabel('Sample').fill('{"parcel": ');
    await page.getByText('It is not JSON').waitFor();
    expect(await page.getByRole('button', { name: 'Make the event type' }).isDisabled()).toBe(true);
    await expectAccessible(page);
    await page.getByLabel('Sample').fill('{"parcel": 42}');
    await page.getByRole('link', { name: 'Cancel' }).click();
    await page.getByRole('heading', { name: 'Leave without saving?' }).waitFor();
    await page.getByRole('button', { name: 'Stay here' }).click();
    await page.getByRole('button', { name: 'Make the event type' }).click();
    await page.getByRole('heading', { name: 'shipment.sent' }).waitFor();
    await page.getByText('"parcel": 42').waitFor();

    await page.getByRole('link', { name: 'Edit' }).click();
    await page.getByLabel('JSON Schema').fill('{"type": "object", "properties": {"parcel": {"type": "string"}}}');
    await page.getByLabel('Refuse events').check();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('alert').waitFor();
    expect(await page.getByLabel('Sample').getAttribute('aria-invalid')).toBe('true');
    await expectAccessible(page);
    await page.getByLabel('Sample').fill('{"parcel": "42"}');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('An event whose data does not fit the schema is refused.').waitFor();

    await page.getByRole('button', { name: 'Archive' }).click();
    await page.getByRole('button', { name: 'Archive it' }).click();
    await page.getByText('archived', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Offer again' }).click();
    await page.getByRole('button', { name: 'Offer it again' }).click();
    await page.getByText('Offered to webhooks.').waitFor();

    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('heading', { name: 'Delete shipment.sent?' }).waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Delete it' }).click();
    await page.getByRole('heading', { name: 'Event types', level: 1 }).waitFor();
    await page.getByRole('link', { name: 'user.created' }).waitFor();
    expect(await page.getByRole('link', { name: 'shipment.sent' }).count()).toBe(0);
    expect(complaints.filter((line) => !line.includes('400'))).toEqual([]);
    await close();
  });

  it('does not delete what webhooks list, nor offers that for what is built in', async () => {
    const token = await editorToken();
    await call('POST', '/event-types', { name: 'kept.type', category: 'Kept', description: 'Kept.' }, token);
    await call('POST', '/webhooks', { url: 'https://example.com/kept', events: ['kept.type'] });
    const { page, close } = await visit('/event-types/kept.type', { token });
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('button', { name: 'Delete it' }).click();
    await page.getByRole('alert').waitFor();
    await page.getByRole('button', { name: 'Keep it as it is' }).click();
    await page.getByRole('link', { name: 'All event types' }).click();
    await page.getByRole('link', { name: 'user.created' }).click();
    await page.getByRole('button', { name: 'Archive' }).waitFor();
    expect(await page.getByRole('button', { name: 'Delete' }).count()).toBe(0);
    await close();
  });

  it('is imported from a document, or told what is wrong with it', async () => {
    const { page, close } = await visit('/event-types/import', {
      token: await editorToken(),
      viewport: { width: 360, height: 740 },
      colorScheme: 'dark',
    });
    const shop = {
      openapi: '3.1.0',
      info: { title: 'Shop', version: '1' },
      webhooks: {
        'basket.left': { post: { tags: ['Shop'], summary: 'A basket was left.' } },
        Basket: { post: { tags: ['Shop'], summary: 'No name.' } },
      },
    };
    await page.getByLabel('Document').fill(JSON.stringify(shop));
    await page.getByRole('button', { name: 'Import' }).click();
    await page.getByRole('alert').waitFor();
    await page.getByText('webhooks.Basket.name').waitFor();
    await expectAccessible(page);

    const { Basket: _, ...webhooks } = shop.webhooks;
    await page.getByLabel('Document').fill(JSON.stringify({ ...shop, webhooks }));
    await page.getByRole('button', { name: 'Import' }).click();
    await page.getByText('1 event type made, 0 changed, 0 as before.').waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    await expectAccessible(page);
    await page.getByRole('link', { name: 'basket.left' }).click();
    await page.getByText('A basket was left.').waitFor();
    await expectAccessible(page);
    await close();
  });

  it('is not changed by who may only look', async () => {
    for (const path of ['/event-types/new', '/event-types/import', '/event-types/user.login/edit']) {
      const { page, close } = await visit(path);
      await page.getByRole('heading', { name: 'You may not see this' }).waitFor();
      await close();
    }
  });
});
