// Takes the pictures of README.md again, of a server that ./run has started, with what this makes on it:
// node scripts/screenshots.mjs 'http://localhost:8084/portal/?session=…#token=…' (the link that
// ./run prints), with its token in TOKEN: export TOKEN=$(cat .data/token)
import { once } from 'node:events';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const link = new URL(process.argv[2] ?? '');
const token = new URLSearchParams(link.hash.slice(1)).get('token');
const pictures = fileURLToPath(new URL('../../../docs/images/', import.meta.url));

const receiver = createServer((request, response) => {
  request.resume().on('end', () => {
    response.writeHead(request.url === '/billing' ? 503 : 200, { 'Content-Type': 'application/json' });
    response.end(request.url === '/billing' ? '{"error":"billing is down for maintenance"}' : '{"received":true}');
  });
}).listen(0, '127.0.0.1');
await once(receiver, 'listening');
const at = `http://localhost:${receiver.address().port}`;

await register({ url: `${at}/orders`, events: ['invoice.*', 'payment.*'], description: 'Order service' });
const billing = await register({ url: `${at}/billing`, events: ['invoice.*'], description: 'Billing sync' });
await register({ mode: 'pull', events: ['device.alert'], description: 'Behind the firewall' });
await register({ url: `${at}/crm`, events: ['user.*'], description: 'CRM, until May', active: false });
let paid;
for (let number = 1; number <= 24; number++) {
  await publish('payment.succeeded', { amount: 10 * number, currency: 'EUR' });
  paid = number % 6 === 0 ? await publish('invoice.paid', { invoice_id: `2026-${number}`, total: 118.5 }) : paid;
}
await publish('user.created', { user_id: '42', email: 'ada@example.com' });
await publish('device.alert', { device_id: 'pump-7', severity: 'high' });
await until(async () => (await call('GET', `webhooks/${billing.id}`)).health.state === 'failing');

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
await take('portal-webhooks', '/webhooks', 'Behind the firewall');
const { data } = await call('GET', `webhooks/${billing.id}/deliveries?limit=1`);
await take('portal-delivery', `/webhooks/${billing.id}/deliveries/${data[0].id}`, 'What is sent');
await take('portal-event', `/events/${paid.id}`, 'not subscribed');
await browser.close();
receiver.closeAllConnections();
receiver.close();

function register(webhook) {
  return call('POST', 'webhooks', webhook);
}

function publish(event, data) {
  return call('POST', 'events', { event, data });
}

async function call(method, path, body) {
  const answer = await fetch(new URL(`/api/v1/${path}`, link), {
    method,
    headers: { Authorization: `Bearer ${process.env.TOKEN ?? token}` },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (!answer.ok) {
    throw new Error(`${method} ${path} is answered with ${answer.status}: ${await answer.text()}`);
  }
  return answer.json();
}

async function until(holds) {
  while (!(await holds())) {
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** A picture of a page, once a text is on it. */
async function take(name, path, text) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 760 }, colorScheme: 'light' });
  await page.goto(new URL(`/portal${path}${link.search}${link.hash}`, link).href);
  await page.getByText(text).first().waitFor();
  await page
    .getByText(/% of/)
    .first()
    .waitFor({ timeout: 3000 })
    .catch(() => undefined);
  await page.screenshot({ path: `${pictures}${name}.png` });
  await page.close();
}
