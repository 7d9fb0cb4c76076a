import { randomUUID } from 'node:crypto';
import { expect, inject, it } from 'vitest';
import { call, createToken, describeInBrowser, expectAccessible, visit } from './browser.ts';
import { looks, portalToken, type Webhook } from './given.ts';

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

  it('is not left by a link in browsers that have no Navigation API either', async () => {
    const { page, close } = await visit('/webhooks/new');
    await page.evaluate(() => Object.defineProperty(window, 'navigation', { value: undefined }));
    await page.getByLabel('Description').fill('Not saved');
    await page.getByRole('link', { name: 'Events', exact: true }).click();
    const question = page.getByRole('alertdialog', { name: 'Leave without saving?' });
    await question.getByRole('button', { name: 'Stay here' }).click();
    expect(await page.getByLabel('Description').inputValue()).toBe('Not saved');
    await page.getByRole('link', { name: 'Events', exact: true }).click();
    await question.getByRole('button', { name: 'Leave' }).click();
    await page.getByRole('heading', { name: 'Events', level: 1 }).waitFor();
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
      const sections = page.getByRole('navigation', { name: 'Sections' });
      expect(await sections.isVisible()).toBe(look.viewport.width > 1240);
      if (await sections.isVisible()) {
        await sections.getByRole('button', { name: 'Labels' }).click();
        const title = page.getByRole('heading', { name: 'Labels' });
        expect(await title.evaluate((heading) => heading === document.activeElement)).toBe(true);
      }
      await page.getByRole('button', { name: 'Add a header' }).click();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(look.viewport.width);
      await expectAccessible(page);
      expect(complaints).toEqual([]);
      await close();
    }
  });
});

/** The texts that describe an input to screen readers. */
function describedBy(input: Element): string {
  const ids = input.getAttribute('aria-describedby')?.split(' ') ?? [];
  return ids.map((id) => document.getElementById(id)?.textContent ?? '').join(' ');
}
