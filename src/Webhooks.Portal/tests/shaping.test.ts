import { expect, it } from 'vitest';
import { call, describeInBrowser, expectAccessible, visit } from './browser.ts';
import { looks, register, type Webhook } from './given.ts';

describeInBrowser('Filter and transform', () => {
  it('are built in rows or written as JSON, which are the same pattern', async () => {
    const webhook = await register('/filter/200');
    const { page, complaints, close } = await visit(`/webhooks/${webhook.id}/edit`);
    await page.getByRole('button', { name: 'Add a condition' }).click();
    await page.getByRole('combobox', { name: 'Field' }).fill('data.total');
    await page.getByRole('combobox', { name: 'Operator', exact: true }).selectOption('is at least');
    await page.getByRole('textbox', { name: 'Value' }).fill('100');
    await page.getByText('read as the number 100').waitFor();
    await page.getByRole('button', { name: 'Add a condition' }).click();
    await page.getByRole('combobox', { name: 'Field' }).last().fill('data.currency');
    await page.getByRole('combobox', { name: 'Operator', exact: true }).last().selectOption('is one of');
    await page.getByRole('textbox', { name: 'Value' }).last().fill('EUR, CHF');
    await expectAccessible(page);

    await page.getByRole('button', { name: 'JSON', exact: true }).click();
    const pattern = page.getByLabel('Pattern');
    const built = { data: { total: { $gte: 100 }, currency: { $in: ['EUR', 'CHF'] } } };
    expect(JSON.parse(await pattern.inputValue())).toEqual(built);
    await pattern.fill(JSON.stringify({ ...built, event: 'invoice.paid' }));
    await page.getByRole('button', { name: 'Conditions' }).click();
    expect(await page.getByRole('combobox', { name: 'Field' }).last().inputValue()).toBe('event');
    await page.getByRole('button', { name: 'Remove the condition on event' }).click();

    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: '/filter/200' }).waitFor();
    expect((await call<Webhook>('GET', `/webhooks/${webhook.id}`)).filter).toEqual(built);
    expect(complaints).toEqual([]);
    await close();
  });

  it('open as JSON without loss when rows cannot show them', async () => {
    const filter = { $or: [{ data: { total: { $gte: 100 } } }, { data: { urgent: true } }] };
    const webhook = await register('/or/200', { filter });
    const { page, complaints, close } = await visit(`/webhooks/${webhook.id}/edit`);
    expect(JSON.parse(await page.getByLabel('Pattern').inputValue())).toEqual(filter);
    expect(await page.getByRole('button', { name: 'Conditions' }).isDisabled()).toBe(true);
    await page.getByLabel('Description').fill('Still the same filter');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Still the same filter').waitFor();
    expect((await call<Webhook>('GET', `/webhooks/${webhook.id}`)).filter).toEqual(filter);
    expect(complaints).toEqual([]);
    await close();
  });

  it('are tried on an event that there was: which condition failed, and what is sent', async () => {
    const webhook = await register('/tried/200');
    const { id } = await call<{ id: string }>('POST', '/events', {
      event: 'invoice.paid',
      data: { total: 118.5, currency: 'USD' },
    });
    await until(async () => {
      const { data } = await call<{ data: { event_id: string }[] }>('GET', `/webhooks/${webhook.id}/deliveries`);
      return data.some(({ event_id }) => event_id === id);
    });
    const { page, complaints, close } = await visit(`/webhooks/${webhook.id}/edit`);
    await page.getByRole('button', { name: 'JSON', exact: true }).click();
    await page.getByLabel('Pattern').fill('{"data":{"total":{"$gte":100},"currency":"EUR"}}');
    const filter = page.getByRole('region', { name: 'Filter' });
    await filter.getByText('Test on a real payload').click();
    await filter.getByLabel('Try it on').selectOption(`event:${id}`);
    await filter.getByText('It is not sent').waitFor();
    await filter.getByRole('listitem').filter({ hasText: 'data.currency "EUR"' }).getByText('does not hold').waitFor();
    await filter.getByRole('listitem').filter({ hasText: 'data.total' }).getByText('holds', { exact: true }).waitFor();
    await expectAccessible(page);
    await filter.getByLabel('Payload').fill((await filter.getByLabel('Payload').inputValue()).replace('USD', 'EUR'));
    await filter.getByText('It is sent').waitFor();

    const transform = page.getByRole('region', { name: 'Transform' });
    await transform.getByRole('button', { name: 'Write a transform' }).click();
    const script = transform.getByLabel('Script');
    await script.fill('function handler(webhook) {\n  return {payload: {text: webhook.payload.data.currency}};\n}');
    await transform.getByText('Test on a real payload').click();
    await transform.getByLabel('Try it on').selectOption(`event:${id}`);
    await transform.getByRole('region', { name: 'What is sent' }).getByText('"text": "USD"').waitFor();
    await expectAccessible(page);
    await script.fill('function handler(webhook) {\n  return webhook.nothing.at.all;\n}');
    await transform.getByText('The script fails in line 2').waitFor();
    expect(await transform.locator('[data-wrong]').textContent()).toBe('2');
    await script.fill('function handler(webhook) {\n  return {cancel: true};\n}');
    await transform.getByText('Nothing is sent').waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: '/tried/200' }).waitFor();
    expect((await call<Webhook>('GET', `/webhooks/${webhook.id}`)).transform).toContain('{cancel: true}');
    expect(complaints).toEqual([]);
    await close();
  });

  it('have what is wrong with them beside them', async () => {
    const webhook = await register('/wrong/200');
    const { page, close } = await visit(`/webhooks/${webhook.id}/edit`);
    await page.getByRole('button', { name: 'Add a condition' }).click();
    await page.getByRole('combobox', { name: 'Field' }).fill('total');
    await page.getByRole('textbox', { name: 'Value' }).fill('1');
    await page.getByRole('button', { name: 'Write a transform' }).click();
    await page.getByRole('textbox', { name: 'Script', exact: true }).fill('function handler( {');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('total: There is no such field').waitFor();
    expect(await page.getByRole('textbox', { name: 'Script', exact: true }).getAttribute('aria-invalid')).toBe('true');
    await expectAccessible(page);
    await page.getByRole('button', { name: 'JSON', exact: true }).click();
    await page.getByLabel('Pattern').fill('{"data":');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('It is not JSON').first().waitFor();
    expect(await page.getByLabel('Pattern').evaluate((area) => area === document.activeElement)).toBe(true);
    await close();
  });

  it('are written with Tab and Enter, and left by Escape and Tab', async () => {
    const { page, close } = await visit('/webhooks/new');
    await page.getByRole('button', { name: 'Write a transform' }).click();
    const script = page.getByRole('textbox', { name: 'Script', exact: true });
    await script.fill('');
    await page.keyboard.type('a');
    await script.press('Enter');
    await script.press('Tab');
    await page.keyboard.type('b');
    await script.press('Enter');
    await page.keyboard.type('c');
    expect(await script.inputValue()).toBe('a\n  b\n  c');
    await script.press('ControlOrMeta+z');
    expect(await script.inputValue()).not.toBe('a\n  b\n  c');
    await script.press('Escape');
    await script.press('Tab');
    expect(await script.evaluate((area) => area === document.activeElement)).toBe(false);
    await close();
  });

  it('fit a telephone and a wide screen, light and dark', async () => {
    const transform = 'function handler(webhook) {\n  return webhook;\n}';
    const webhook = await register('/fits/200', { filter: { data: { total: 5 } }, transform });
    for (const look of looks) {
      const { page, complaints, close } = await visit(`/webhooks/${webhook.id}/edit`, look);
      for (const name of ['Filter', 'Transform']) {
        await page.getByRole('region', { name, exact: true }).getByText('Test on a real payload').click();
      }
      await page.getByText('does not hold').waitFor();
      await page.getByText('This is sent').waitFor();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(look.viewport.width);
      await expectAccessible(page);
      expect(complaints).toEqual([]);
      await close();
    }
  });
});

async function until(holds: () => Promise<boolean>) {
  while (!(await holds())) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
