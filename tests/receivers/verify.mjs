// Verifies a request as receivers do: with the libraries of Standard Webhooks and Svix as they are published, and with the two lines that
// many have written themselves for the header that has one signature. Argument: JSON with the secret, the body and the headers, their
// names in lower case. Prints what each of the three says.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';

const { secret, body, headers } = JSON.parse(process.argv[2]);

console.log(JSON.stringify({
  standardwebhooks: accepts(() => new StandardWebhook(secret).verify(body, headers)),
  svix: accepts(() => new SvixWebhook(secret).verify(body, headers)),
  snippet: timingSafeEqual(
    Buffer.from(headers['x-webhook-signature']), Buffer.from(createHmac('sha256', secret).update(body).digest('hex'))),
}));

function accepts(verify) {
  try {
    verify();
    return true;
  } catch {
    return false;
  }
}
