import { expect, it } from 'vitest';
import { call, describeInBrowser, expectAccessible, visit } from './browser.ts';
import { startReceiver } from './receiver.ts';

interface Webhook {
  id: string;
  disabled_reason: string | null;
  health: { circuit: string };
}

/** A webhook of a receiver whose answers the test says. */
async function register(url: string): Promise<string> {
  return (await call<Webhook>('POST', '/webhooks', { url, events: ['user.deleted'] })).id;
}

const standsOf = (id: string) => call<Webhook>('GET', `/webhooks/${id}`);

async function statusesOf(id: string): Promise<string[]> {
  const { data } = await call<{ data: { status: string }[] }>('GET', `/webhooks/${id}/deliveries`);
  return data.map(({ status }) => status);
}

describeInBrowser('A webhook that is stopped', () => {
  it('says that its receiver has gone, is activated, and recovers what it missed', async () => {
    let status = 410;
    const receiver = await startReceiver(() => status);
    const id = await register(receiver.url);
    await call('POST', '/events', { event: 'user.deleted', data: { number: 1 } });
    await expect.poll(async () => (await standsOf(id)).disabled_reason, { timeout: 20_000 }).toBe('gone');
    await call('POST', '/events', { event: 'user.deleted', data: { number: 2 } });
    await call('POST', '/events', { event: 'user.deleted', data: { number: 3 } });
    // The first is pending still: it goes out by itself once the webhook is active again.
    await expect.poll(() => statusesOf(id)).toEqual(['skipped', 'skipped', 'pending']);
    status = 200;

    const { page, complaints, close } = await visit(`/webhooks/${id}`);
    await page.getByText('Its receiver answered 410').waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Activate' }).click();
    await page.getByRole('button', { name: 'Activate' }).last().click();
    await page.getByText('It is active again, and has missed 2 deliveries').waitFor();
    await expectAccessible(page);
    await page.getByRole('link', { name: 'See and recover them' }).click();
    await page.getByRole('heading', { name: 'Recover what was missed' }).waitFor();
    // The window ends with the second in which the page was opened, and what was missed may have come in that.
    await expect
      .poll(
        async () => {
          await page.getByLabel('To', { exact: true }).fill(toInput(Date.now()));
          await page.getByRole('button', { name: 'Preview' }).click();
          return await page.getByRole('button', { name: 'Recover 2 deliveries' }).isVisible();
        },
        { timeout: 20_000 },
      )
      .toBe(true);
    await page.getByRole('button', { name: 'Recover 2 deliveries' }).click();
    await page.getByText('2 of 2 deliveries sent again: 2 succeeded, 0 failed.').waitFor();
    expect(complaints).toEqual([]);
    await close();
    await receiver.stop();
  });

  it('offers nothing when it has missed nothing', async () => {
    const receiver = await startReceiver(() => 200);
    const id = await register(receiver.url);
    const { page, complaints, close } = await visit(`/webhooks/${id}`);
    await page.getByRole('button', { name: 'Deactivate' }).click();
    await page.getByRole('button', { name: 'Deactivate' }).last().click();
    await page.getByRole('button', { name: 'Activate' }).click();
    await page.getByRole('button', { name: 'Activate' }).last().click();
    await page.getByText('It is active again, and has missed nothing.').waitFor();
    expect(complaints).toEqual([]);
    await close();
    await receiver.stop();
  });

  it('is paused while its receiver fails, until it answers a test', async () => {
    let status = 503;
    const receiver = await startReceiver(() => status);
    const id = await register(receiver.url);
    const { page, complaints, close } = await visit(`/webhooks/${id}`);
    await page.getByRole('heading', { name: 'Nothing was sent yet' }).waitFor();
    for (;;) {
      const { health } = await standsOf(id);
      if (health.circuit !== 'closed') {
        break;
      }
      await call('POST', `/webhooks/${id}/test`, {}).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await page.getByText('it is left in peace for a while').waitFor();
    await expectAccessible(page);
    status = 200;
    await expect
      .poll(
        async () => {
          await page
            .getByRole('button', { name: 'See whether it answers now' })
            .click({ timeout: 1_000 })
            .catch(() => undefined);
          return (await standsOf(id)).health.circuit;
        },
        { timeout: 30_000 },
      )
      .toBe('closed');
    await page.getByText('Healthy', { exact: true }).waitFor();
    expect(complaints.filter((complaint) => !complaint.includes('429'))).toEqual([]);
    await close();
    await receiver.stop();
  });
});

/** A time as an input of local date and time takes it, to the second. */
function toInput(time: number): string {
  const at = new Date(time);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}
