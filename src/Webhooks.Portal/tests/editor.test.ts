import { randomUUID } from 'node:crypto';
import { expect, inject, it } from 'vitest';
import { call, createToken, describeInBrowser, expectAccessible, visit } from './browser.ts';
import { looks, portalToken, register, type Webhook } from './given.ts';

describeInBrowser('A new webhook', () => {
  it('is made with all that it may have, and shows its secret once', async () => {
    const { page, complaints, close } = await visit('/webhooks');
    await page.getByRole('link', { name: 'New webhook' }).first().click();
    await page.getByRole('textbox', { name: 'URL' }).fill(`${inject('receiver')}/made/200`);
    await page.getByLabel('Description').fill('Made in the portal');

    await page.getByLabel('Find event types').fill('invoice');
    await page.getByRole('checkbox', { name: 'invoice.paid' }).check();
    await page.getByLabel('Find event types').fill('user.*');
    await page.getByRole('button', { name: 'Choose all of user.*' }).click();
    const chosen = page.getByRole('list', { name: 'Chosen events' });
    expect(await chosen.getByRole('listitem').allTextContents()).toEqual(['invoice.paid×', 'user.*×']);
    expect(await page.getByRole('checkbox', { name: 'user.created' }).isDisabled()).toBe(true);
    await expectAccessible(page);

    await page.getByRole('radio', { name: 'Its own' }).check();
    await page.getByLabel('Its own waits').fill('30 s, 5 min, 1 h');
    await page.getByText('4 attempts with 3 waits: 30 s, 5 min, 1 h. Gives up after 1 h 05 min 30 s.').waitFor();
    await page.getByLabel('Time for one attempt').fill('7');
    await page.getByRole('checkbox', { name: 'Keep events' }).uncheck();
    await page.getByRole('radio', { name: 'CloudEvents' }).check();
    await page.getByRole('button', { name: 'Add a header' }).click();
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('X-Api-Key');
    await page.getByRole('textbox', { name: 'Value', exact: true }).fill('k-4711');
    await page.getByRole('button', { name: 'Add a label' }).click();
    await page.getByRole('textbox', { name: 'Key', exact: true }).fill('team');
    await page.getByRole('textbox', { name: 'Value', exact: true }).last().fill('billing');
    await page.getByRole('checkbox', { name: 'Active at once' }).uncheck();
    await expectAccessible(page);

    await page.getByRole('button', { name: 'Create the webhook' }).click();
    const secret = page.getByRole('textbox', { name: 'Secret' });
    await secret.waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Copy the secret' }).click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(await secret.inputValue());
    await page.getByRole('link', { name: 'Webhooks', exact: true }).click();
    const question = page.getByRole('alertdialog', { name: 'Leave without the secret?' });
    await question.getByRole('button', { name: 'Stay here' }).click();
    expect(await secret.inputValue()).toMatch(/^whsec_/);
    await page.getByRole('button', { name: 'I have saved it' }).click();
    await page.getByRole('heading', { name: '/made/200' }).waitFor();

    const made = await call<Webhook>('GET', `/webhooks/${page.url().split('/').at(-1)}`);
    expect(made).toMatchObject({
      mode: 'push',
      description: 'Made in the portal',
      events: ['invoice.paid', 'user.*'],
      retry_delays: [30, 300, 3600],
      timeout_seconds: 7,
      keep_skipped: false,
      payload_format: 'cloudevents',
      headers: { 'X-Api-Key': '********' },
      metadata: { team: 'billing' },
      active: false,
    });
    expect(complaints).toEqual([]);
    await close();
  });

  it('is pulled from when that is wanted, and has what the system has', async () => {
    const { page, complaints, close } = await visit('/webhooks/new');
    await page.getByRole('radio', { name: 'Let the receiver fetch them' }).check();
    await page.getByRole('checkbox', { name: /^Everything/ }).check();
    await page.getByRole('button', { name: 'Create the webhook' }).click();
    await page.getByRole('button', { name: 'I have saved it' }).click();
    await page.getByRole('heading', { name: 'Pulled' }).waitFor();
    const made = await call<Webhook>('GET', `/webhooks/${page.url().split('/').at(-1)}`);
    expect(made).toMatchObject({ mode: 'pull', url: null, events: ['*'], retry_delays: null, timeout_seconds: null });
    expect(complaints).toEqual([]);
    await close();
  });

  it('is made once though the answer is lost', async () => {
    const { page, close } = await visit('/webhooks/new');
    const url = `${inject('receiver')}/${randomUUID()}/200`;
    await page.getByRole('textbox', { name: 'URL' }).fill(url);
    await page.getByRole('button', { name: 'Choose each of Subscription' }).click();
    await page.route(
      '**/api/v1/webhooks',
      async (route) => {
        await route.fetch();
        await route.abort();
      },
      { times: 1 },
    );
    await page.getByRole('button', { name: 'Create the webhook' }).click();
    await page.getByText('The server cannot be reached').waitFor();
    await page.getByRole('button', { name: 'Create the webhook' }).click();
    await page.getByRole('textbox', { name: 'Secret' }).waitFor();
    const { data } = await call<{ data: Webhook[] }>('GET', `/webhooks?url=${encodeURIComponent(url)}`);
    expect(data.length).toBe(1);
    await close();
  });

  it('has what the server says beside the field, and the first of them in focus', async () => {
    const { page, close } = await visit('/webhooks/new');
    await page.getByRole('textbox', { name: 'URL' }).fill('ftp://example.com');
    await page.getByRole('button', { name: 'Add a header' }).click();
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Content-Type');
    await page.getByRole('textbox', { name: 'Value', exact: true }).fill('text/plain');
    await page.getByRole('button', { name: 'Create the webhook' }).click();
    await page.getByText('Look at url, events, headers: what is wrong is said there.').waitFor();
    const url = page.getByRole('textbox', { name: 'URL' });
    expect(await url.evaluate((input) => input === document.activeElement)).toBe(true);
    expect(await url.evaluate(describedBy)).toContain('http');
    expect(await page.getByLabel('Find event types').evaluate(describedBy)).toContain('It is empty.');
    expect(await page.getByRole('textbox', { name: 'Name', exact: true }).evaluate(describedBy)).toContain(
      'A webhook cannot set this header',
    );
    await expectAccessible(page);

    await page.getByRole('radio', { name: 'Its own' }).check();
    await page.getByLabel('Its own waits').fill('soon');
    await page.getByRole('button', { name: 'Create the webhook' }).click();
    const waits = page.getByLabel('Its own waits');
    await page.getByText('Look at retry delays').waitFor();
    expect(await waits.evaluate((input) => input === document.activeElement)).toBe(true);
    expect(await waits.evaluate(describedBy)).toContain('Write waits like');
    await close();
  });

  it('says so when there are as many as there may be', async () => {
    const { page, close } = await visit('/webhooks/new');
    await page.getByRole('textbox', { name: 'URL' }).fill(`${inject('receiver')}/one-more/200`);
    await page.getByRole('checkbox', { name: /^Everything/ }).check();
    await page.route('**/api/v1/webhooks', (route) =>
      route.fulfill({
        status: 409,
        contentType: 'application/problem+json',
        json: { title: 'Too many webhooks', detail: 'The organization may have 100 webhooks.', status: 409 },
      }),
    );
    await page.getByRole('button', { name: 'Create the webhook' }).click();
    await page.getByRole('alert').getByText('The organization may have 100 webhooks.').waitFor();
    await close();
  });

  it('is not left with what was written unless that is wanted', async () => {
    const { page, complaints, close } = await visit('/webhooks');
    await page.getByRole('link', { name: 'New webhook' }).first().click();
    await page.getByLabel('Description').fill('Not saved');
    await page.getByRole('link', { name: 'Events', exact: true }).click();
    const question = page.getByRole('alertdialog', { name: 'Leave without saving?' });
    await question.waitFor();
    await expectAccessible(page);
    await question.getByRole('button', { name: 'Stay here' }).click();
    expect(await page.getByLabel('Description').inputValue()).toBe('Not saved');
    await page.evaluate(() => history.back());
    await question.getByRole('button', { name: 'Leave' }).click();
    await page.getByRole('heading', { name: 'Webhooks', level: 1 }).waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  it('is made by nobody who may only look, or only see one', async () => {
    const { id } = await call<Webhook>('POST', '/webhooks', { mode: 'pull', events: ['*'] });
    for (const session of [{ read_only: true }, { webhook_id: id }]) {
      const { page, close } = await visit('/webhooks', { token: await portalToken(session) });
      await page.getByRole('link', { name: `Pulled ${id}` }).waitFor();
      expect(await page.getByRole('link', { name: 'New webhook' }).count()).toBe(0);
      await close();
      const direct = await visit('/webhooks/new', { token: await portalToken(session) });
      await direct.page.getByRole('heading', { name: 'You may not see this' }).waitFor();
      await expectAccessible(direct.page);
      await direct.close();
    }
  });

  it('is the first thing to make where there is none', async () => {
    const token = createToken('--org', randomUUID(), '--scope', 'webhooks:read', '--scope', 'webhooks:write');
    const { page, close } = await visit('/webhooks', { token });
    await page.getByRole('heading', { name: 'No webhooks yet' }).waitFor();
    await expectAccessible(page);
    await page.getByRole('link', { name: 'New webhook' }).last().click();
    await page.getByRole('heading', { name: 'New webhook' }).waitFor();
    await close();
  });

  it('is written on a telephone and on a wide screen, light and dark', async () => {
    for (const look of looks) {
      const { page, complaints, close } = await visit('/webhooks/new', look);
      await page.getByRole('button', { name: 'All of user.*, also those that are added later' }).click();
      await page.getByRole('button', { name: 'Add a header' }).click();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(look.viewport.width);
      await expectAccessible(page);
      expect(complaints).toEqual([]);
      await close();
    }
  });
});

describeInBrowser('A webhook', () => {
  it('is edited: what is changed is changed, and its headers stay though they are not shown', async () => {
    const webhook = await register('/edited/200', {
      headers: { 'X-Api-Key': 'k-4711' },
      metadata: { team: 'billing' },
      retry_delays: [60],
    });
    const { page, complaints, close } = await visit(`/webhooks/${webhook.id}`);
    await page.getByRole('link', { name: 'Edit' }).click();
    await page.getByText('X-Api-Key').waitFor();
    await page.getByText('2 attempts with 1 wait: 1 min. Gives up after 1 min.').waitFor();
    await page.getByLabel('Description').fill('Edited');
    await page.getByRole('radio', { name: 'The system’s' }).check();
    await page.getByRole('button', { name: 'Remove invoice.paid' }).click();
    await page.getByRole('button', { name: 'All of invoice.*, also those that are added later' }).click();
    await page.getByRole('button', { name: 'Remove the label team' }).click();
    const sent = page.waitForRequest((request) => request.method() === 'PATCH');
    await page.getByRole('button', { name: 'Save' }).click();
    expect((await sent).postDataJSON()).toEqual({
      description: 'Edited',
      events: ['user.created', 'invoice.*'],
      retry_delays: null,
      metadata: null,
    });
    await page.getByRole('heading', { name: '/edited/200' }).waitFor();
    await page.getByText('Edited', { exact: true }).waitFor();
    expect(await call<Webhook>('GET', `/webhooks/${webhook.id}`)).toMatchObject({
      headers: { 'X-Api-Key': '********' },
      events: ['user.created', 'invoice.*'],
    });
    expect(complaints).toEqual([]);
    await close();
  });

  it('gets other headers when all are given anew', async () => {
    const webhook = await register('/headers/200', { headers: { 'X-Api-Key': 'k-4711', 'X-Tenant': '7' } });
    const { page, complaints, close } = await visit(`/webhooks/${webhook.id}/edit`);
    await page.getByRole('button', { name: 'Change the headers' }).click();
    await page.getByText('What you give here takes the place of all headers').waitFor();
    await page.getByRole('button', { name: 'Remove the header X-Tenant' }).click();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Save' }).click();
    const value = page.getByRole('textbox', { name: 'Value' });
    await page.getByText('Look at headers: what is wrong is said there.').waitFor();
    await value.fill('k-4712');
    const sent = page.waitForRequest((request) => request.method() === 'PATCH');
    await page.getByRole('button', { name: 'Save' }).click();
    expect((await sent).postDataJSON()).toEqual({ headers: { 'X-Api-Key': 'k-4712' } });
    await page.getByRole('heading', { name: '/headers/200' }).waitFor();
    expect((await call<Webhook>('GET', `/webhooks/${webhook.id}`)).headers).toEqual({ 'X-Api-Key': '********' });
    expect(complaints.filter((complaint) => !complaint.includes('400'))).toEqual([]);
    await close();
  });

  it('that somebody else has changed is theirs, or keeps mine on top', async () => {
    for (const keep of [false, true]) {
      const webhook = await register('/conflict/200');
      const { page, close } = await visit(`/webhooks/${webhook.id}/edit`);
      await page.getByLabel('Description').fill('Mine');
      await call('PATCH', `/webhooks/${webhook.id}`, { description: 'Theirs', timeout_seconds: 9 });
      await page.getByRole('button', { name: 'Save' }).click();
      const notice = page.getByRole('alert').filter({ hasText: 'Somebody else has changed this webhook' });
      await notice.getByText('description: theirs Theirs, yours Mine').waitFor();
      await notice.getByText('timeout seconds: theirs 9, which you left as it was').waitFor();
      await expectAccessible(page);
      if (keep) {
        await page.getByRole('button', { name: 'Keep mine on top' }).click();
        await page.getByRole('heading', { name: '/conflict/200' }).waitFor();
      } else {
        await page.getByRole('button', { name: 'See theirs' }).click();
        await notice.waitFor({ state: 'detached' });
        expect(await page.getByLabel('Description').inputValue()).toBe('Theirs');
        expect(await page.getByLabel('Time for one attempt').inputValue()).toBe('9');
      }
      expect(await call<Webhook>('GET', `/webhooks/${webhook.id}`)).toMatchObject({
        description: keep ? 'Mine' : 'Theirs',
        timeout_seconds: 9,
      });
      await close();
    }
  });

  it('keeps event types that are archived or unknown until they are removed', async () => {
    const operator = createToken('--scope', 'admin');
    const name = `outdated.type_${randomUUID().replaceAll('-', '').slice(0, 8)}`;
    await call('POST', '/event-types', { name, category: 'Outdated', description: 'Old', sample: {} }, operator);
    const webhook = await register('/archived/200', { events: [name, 'invoice.paid'] });
    await call('PATCH', `/event-types/${name}`, { archived: true }, operator);
    const { page, close } = await visit(`/webhooks/${webhook.id}/edit`);
    const chip = page.getByRole('list', { name: 'Chosen events' }).getByRole('listitem').filter({ hasText: name });
    await chip.getByText('archived').waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: `Remove ${name}` }).click();
    expect(
      await page
        .getByRole('button', { name: 'Remove invoice.paid' })
        .evaluate((button) => button === document.activeElement),
    ).toBe(true);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: '/archived/200' }).waitFor();
    expect((await call<Webhook>('GET', `/webhooks/${webhook.id}`)).events).toEqual(['invoice.paid']);
    await close();
  });

  it('that is gone meanwhile says so, and nobody edits who may only look', async () => {
    const webhook = await register('/gone/200');
    const { page, close } = await visit(`/webhooks/${webhook.id}/edit`);
    await page.getByLabel('Description').fill('Too late');
    await page.route('**/api/v1/webhooks/*', (route) =>
      route.request().method() === 'GET' ? route.abort() : route.continue(),
    );
    await call('DELETE', `/webhooks/${webhook.id}`);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('alert').getByText('Your organization has no webhook with this id.').waitFor();
    await close();

    const other = await register('/looked-at/200');
    const reader = await visit(`/webhooks/${other.id}`, { token: await portalToken({ read_only: true }) });
    await reader.page.getByRole('heading', { name: '/looked-at/200' }).waitFor();
    await reader.page.getByRole('heading', { name: 'Nothing was sent yet' }).waitFor();
    expect(await reader.page.getByRole('link', { name: 'Edit' }).count()).toBe(0);
    await reader.close();
    const direct = await visit(`/webhooks/${other.id}/edit`, { token: await portalToken({ read_only: true }) });
    await direct.page.getByRole('heading', { name: 'You may not see this' }).waitFor();
    await direct.close();
  });

  it('is edited through a link to it alone', async () => {
    const webhook = await register('/own-link/200');
    const { page, complaints, close } = await visit('/', { token: await portalToken({ webhook_id: webhook.id }) });
    await page.getByRole('link', { name: 'Edit' }).click();
    await page.getByLabel('Description').fill('By its own link');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('By its own link').waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  it('is edited on a telephone and on a wide screen, light and dark', async () => {
    const webhook = await register('/looks/200', { headers: { 'X-Api-Key': 'k-4711' } });
    for (const look of looks) {
      const { page, complaints, close } = await visit(`/webhooks/${webhook.id}/edit`, look);
      await page.getByRole('button', { name: 'Change the headers' }).click();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(look.viewport.width);
      await expectAccessible(page);
      expect(complaints).toEqual([]);
      await close();
    }
  });
});

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

/** The texts that describe an input to screen readers. */
function describedBy(input: Element): string {
  const ids = input.getAttribute('aria-describedby')?.split(' ') ?? [];
  return ids.map((id) => document.getElementById(id)?.textContent ?? '').join(' ');
}
