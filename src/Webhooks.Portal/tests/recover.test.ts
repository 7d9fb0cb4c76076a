import { expect, inject, it } from 'vitest';
import { call, describeInBrowser, expectAccessible, visit } from './browser.ts';

/** A webhook that has missed events, because it was not active, and is active again. */
async function missed(count: number, name: string): Promise<string> {
  const url = `${inject('receiver')}/${name}/200`;
  const { id } = await call<{ id: string }>('POST', '/webhooks', { url, events: ['device.alert'], active: false });
  const events = Array.from({ length: count }, (_, number) => ({ event: 'device.alert', data: { number } }));
  await call('POST', '/events', events);
  await call('PATCH', `/webhooks/${id}`, { active: true });
  // The window ends with a whole second that is over.
  await new Promise((resolve) => setTimeout(resolve, 1100));
  return id;
}

describeInBrowser('What was missed', () => {
  it('is counted by event before it is sent again, and its progress is shown', async () => {
    const id = await missed(3, 'missed');
    const { page, complaints, close } = await visit(`/webhooks/${id}`);
    await page.getByRole('link', { name: 'Recover what was missed' }).click();
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByRole('cell', { name: 'device.alert' }).waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Recover 3 deliveries' }).click();
    await page.getByText('3 of 3 deliveries sent again: 3 succeeded, 0 failed.').waitFor();
    await page.getByText('finished', { exact: true }).waitFor();
    await expectAccessible(page);
    expect(complaints).toEqual([]);
    await close();
  });

  it('is paused, resumed and canceled', async () => {
    const id = await missed(600, 'paused');
    const { page, complaints, close } = await visit(`/webhooks/${id}/recover`);
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByRole('button', { name: 'Recover 600 deliveries' }).click();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('It is paused because: somebody asked for it.').waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByText('running', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Cancel', exact: true }).click();
    await page.getByRole('button', { name: 'Cancel the recovery' }).click();
    await page.getByText('canceled', { exact: true }).last().waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  it('names the field that the server refuses', async () => {
    const id = await missed(1, 'refused');
    const { page, close } = await visit(`/webhooks/${id}/recover`);
    await page.getByLabel('From').fill('2026-01-02T00:00:00');
    await page.getByLabel('To', { exact: true }).fill('2026-01-01T00:00:00');
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByRole('alert').waitFor();
    expect(await page.locator('[aria-invalid]').count()).toBeGreaterThan(0);
    await expectAccessible(page);
    await close();
  });

  it('is looked at, not sent again, by who may only look', async () => {
    const id = await missed(1, 'looked-at');
    const { url } = await call<{ url: string }>('POST', '/portal/sessions', { read_only: true });
    const { page, close } = await visit(`/webhooks/${id}/recover`, { token: new URL(url).hash.replace('#token=', '') });
    await page.getByRole('heading', { name: 'You may not see this' }).waitFor();
    await close();
  });
});
