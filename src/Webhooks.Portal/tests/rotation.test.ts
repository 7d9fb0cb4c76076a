import { expect, it } from 'vitest';
import { call, describeInBrowser, expectAccessible, visit } from './browser.ts';
import { looks, portalToken, register, type Webhook } from './given.ts';

const read = ({ id }: Webhook) => call<Webhook>('GET', `/webhooks/${id}`);

describeInBrowser('A rotation', () => {
  it('leads from the new secret, shown once, by its promotion to the end of the overlap', async () => {
    const webhook = await register('/rotated/200');
    const { page, complaints, close } = await visit(`/webhooks/${webhook.id}`);
    await page.getByRole('link', { name: 'Change the secret' }).click();
    await page.getByText(`The secret of today ends in ${webhook.secret.slice(-4)}.`).waitFor();
    await page.getByRole('columnheader', { name: 'Before, now' }).waitFor();
    await expectAccessible(page);
    await page.getByRole('radio', { name: 'A week' }).check();
    await page.getByRole('button', { name: 'Make a new secret' }).click();

    const secret = page.getByRole('textbox', { name: 'Secret' });
    await secret.waitFor();
    await expectAccessible(page);
    const shown = await secret.inputValue();
    expect(shown).not.toBe(webhook.secret);
    await page.getByRole('link', { name: 'Events', exact: true }).click();
    await page.getByRole('alertdialog', { name: 'Leave without the secret?' }).getByText('Stay here').click();
    await page.getByRole('button', { name: 'I have saved it' }).click();

    await page.getByRole('columnheader', { name: 'Both sign, now' }).waitFor();
    await page.getByText(`The new secret ends in ${shown.slice(-4)}.`).waitFor();
    await page.getByText(/for 6 d 23 h/).waitFor();
    await expectAccessible(page);
    const rotated = await read(webhook);
    expect(rotated.secret_hint).toBe(shown.slice(-4));
    expect(Date.parse(rotated.previous_secret_expires_at ?? '') - Date.now()).toBeGreaterThan(6.9 * 86_400_000);

    await page.getByRole('button', { name: 'Promote the new secret' }).click();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Promote', exact: true }).click();
    await page.getByRole('columnheader', { name: 'Promoted, now' }).waitFor();

    await page.getByRole('button', { name: 'End the overlap' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'End the overlap' }).click();
    await page.getByText('The rotation is finished').waitFor();
    await expectAccessible(page);
    expect(await read(webhook)).toMatchObject({ secret_hint: shown.slice(-4), previous_secret_expires_at: null });
    expect(complaints).toEqual([]);
    await close();
  });

  it('that runs is gone on with by who opens it, also when it is promoted, and another makes a lost secret good', async () => {
    const webhook = await register('/running/200');
    await call('POST', `/webhooks/${webhook.id}/secret/rotate`, { overlap_seconds: 3600 });
    await call('POST', `/webhooks/${webhook.id}/secret/promote`);
    const { page, complaints, close } = await visit(`/webhooks/${webhook.id}`);
    await page.getByText('The one before it signs, too').waitFor();
    await page.getByRole('link', { name: 'Change the secret' }).click();
    await page.getByRole('columnheader', { name: 'Promoted, now' }).waitFor();
    expect(await page.getByRole('button', { name: 'Promote the new secret' }).count()).toBe(0);

    await page.getByText('The new secret is lost').click();
    await page.getByRole('radio', { name: 'Not at all' }).check();
    await page.getByRole('button', { name: 'Make a new secret' }).click();
    const question = page.getByRole('alertdialog', { name: /Make a new secret of .*\/running\/200\?/ });
    await question.getByText('erased at once').waitFor();
    await expectAccessible(page);
    await question.getByRole('button', { name: 'Make a new secret' }).click();
    const secret = page.getByRole('textbox', { name: 'Secret' });
    const shown = await secret.inputValue();
    await page.getByRole('button', { name: 'I have saved it' }).click();
    await page.getByText('The rotation is finished').waitFor();
    expect(await read(webhook)).toMatchObject({ secret_hint: shown.slice(-4), previous_secret_expires_at: null });
    expect(complaints).toEqual([]);
    await close();
  });

  it('that somebody else has begun meanwhile is not begun again', async () => {
    const webhook = await register('/two/200');
    const { page, close } = await visit(`/webhooks/${webhook.id}/rotate`);
    const make = page.getByRole('button', { name: 'Make a new secret' });
    await make.waitFor();
    const reading = `**/api/v1/webhooks/${webhook.id}`;
    await page.route(reading, (route) => route.abort());
    await call('POST', `/webhooks/${webhook.id}/secret/rotate`, {});
    const rotated = await read(webhook);
    await make.click();
    await page.getByRole('alert').getByText('The secret was rotated before').waitFor();
    await page.unroute(reading);
    await page.getByRole('columnheader', { name: 'Both sign, now' }).waitFor();
    await page.getByRole('alert').getByText('The secret was rotated before').waitFor();
    expect((await read(webhook)).secret_hint).toBe(rotated.secret_hint);
    await close();
  });

  it('makes one secret though the answer is lost', async () => {
    const webhook = await register('/lost/200');
    const { page, close } = await visit(`/webhooks/${webhook.id}/rotate`);
    await page.route(
      '**/secret/rotate',
      async (route) => {
        await page.route(`**/api/v1/webhooks/${webhook.id}`, (reading) => reading.abort());
        await route.fetch();
        await route.abort();
      },
      { times: 1 },
    );
    const make = page.getByRole('button', { name: 'Make a new secret' });
    await make.click();
    await page.getByRole('alert').getByText('The server cannot be reached').waitFor();
    const made = await read(webhook);
    await make.click();
    const shown = await page.getByRole('textbox', { name: 'Secret' }).inputValue();
    expect(shown.slice(-4)).toBe(made.secret_hint);
    expect(await read(webhook)).toMatchObject({ secret_hint: made.secret_hint });
    await close();
  });

  it('is for nobody who may only look', async () => {
    const webhook = await register('/reader/200');
    const token = await portalToken({ read_only: true });
    const { page, close } = await visit(`/webhooks/${webhook.id}`, { token });
    await page.getByText('Ends in').waitFor();
    expect(await page.getByRole('link', { name: 'Change the secret' }).count()).toBe(0);
    await close();
    const direct = await visit(`/webhooks/${webhook.id}/rotate`, { token });
    await direct.page.getByRole('heading', { name: 'You may not see this' }).waitFor();
    await direct.close();
  });

  it('fits a telephone and a wide screen, light and dark', async () => {
    const webhook = await register('/looks/200');
    await call('POST', `/webhooks/${webhook.id}/secret/rotate`, {});
    for (const look of looks) {
      const { page, complaints, close } = await visit(`/webhooks/${webhook.id}/rotate`, look);
      await page.getByRole('columnheader', { name: 'Both sign, now' }).waitFor();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(look.viewport.width);
      await expectAccessible(page);
      expect(complaints).toEqual([]);
      await close();
    }
  });
});
