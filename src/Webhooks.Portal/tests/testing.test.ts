import { afterAll, beforeAll, expect, it } from 'vitest';
import { call, createToken, describeInBrowser, expectAccessible, visit } from './browser.ts';
import { startReceiver } from './receiver.ts';

interface Named {
  id: string;
}

describeInBrowser('A test event', () => {
  let receiver: Awaited<ReturnType<typeof startReceiver>>;

  beforeAll(async () => {
    receiver = await startReceiver();
  });
  afterAll(() => receiver.stop());

  const register = (status: number, events: string[]) =>
    call<Named>('POST', '/webhooks', { url: `${receiver.url}/${status}`, events });

  const lastBody = () => JSON.parse(receiver.received.at(-1)?.body.toString() ?? '{}');

  it('is a sample, changed and held to the schema while one types, and sent as it was written', async () => {
    const type = `parcel.weighed_${Date.now()}`;
    await call(
      'POST',
      '/event-types',
      {
        name: type,
        category: 'Parcels',
        description: 'A parcel was weighed.',
        sample: { grams: 100 },
        schema: { type: 'object', properties: { grams: { type: 'number' } }, required: ['grams'] },
        validate: true,
      },
      createToken('--org', crypto.randomUUID(), '--scope', 'event-types:write'),
    );
    const webhook = await register(200, [type]);
    const { page, complaints, close } = await visit(`/webhooks/${webhook.id}`);
    await page.getByRole('link', { name: 'Send a test' }).click();
    const data = page.getByLabel('Data');
    await expect.poll(() => data.inputValue()).toContain('"grams": 100');
    await expectAccessible(page);

    await data.fill('{"grams": "many"}');
    await page.getByText(/^data\.grams: .*"number"/).waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByText(/data\.grams: .*number/).waitFor();
    expect(receiver.received).toEqual([]);

    await data.fill('{"grams": ');
    await page.getByText(/It is not JSON/).waitFor();
    expect(await page.getByRole('button', { name: 'Send', exact: true }).isDisabled()).toBe(true);

    await data.fill('{"grams": 12.50, "of": "Zoë"}');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByText('HTTP 200, after').waitFor();
    await page.getByText('answered with 200').waitFor();
    expect(receiver.received.at(-1)?.body.toString()).toContain('12.50');
    expect(lastBody()).toMatchObject({ event: type, data: { grams: 12.5, of: 'Zoë' } });
    await expectAccessible(page);

    await page.getByRole('button', { name: 'Undo the changes' }).click();
    expect(await data.inputValue()).toContain('"grams": 100');
    // What the browser says of the request that the server refused.
    expect(complaints).toEqual([expect.stringContaining('400 (Bad Request)')]);
    await close();
  });

  it('is an earlier event, and what was wrong with its receiver is said', async () => {
    const webhook = await register(503, ['invoice.paid']);
    await call('POST', '/events', { event: 'invoice.paid', data: { id: 'inv_earlier' } });
    const { page, complaints, close } = await visit(`/webhooks/${webhook.id}/test`);
    const source = page.getByLabel('Begin with');
    await source.locator('optgroup[label="Recent events"]').waitFor({ state: 'attached' });
    await source.selectOption({ index: 0 });
    await expect.poll(() => page.getByLabel('Data').inputValue()).toContain('inv_earlier');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByText('failed', { exact: true }).waitFor();
    await page.getByText('answered with 503').waitFor();
    expect(lastBody().data).toEqual({ id: 'inv_earlier' });
    expect(complaints).toEqual([]);
    await close();
  });

  it('is not for those who may only look', async () => {
    const webhook = await register(200, ['invoice.paid']);
    const { url } = await call<{ url: string }>('POST', '/portal/sessions', { read_only: true });
    const token = /token=([^&]+)/.exec(url)?.[1] ?? '';
    const { page, close } = await visit(`/webhooks/${webhook.id}`, { token });
    await page.getByRole('heading', { name: 'Deliveries' }).waitFor();
    expect(await page.getByRole('link', { name: 'Send a test' }).count()).toBe(0);
    await close();
    const direct = await visit(`/webhooks/${webhook.id}/test`, { token });
    await direct.page.getByText('Your access lets you look at webhooks, not send anything.').waitFor();
    await direct.close();
  });
});
