import { headerOf, type SentRequest } from '../request.ts';
import { literal } from '../text.ts';

export const node = (request: SentRequest): string => `import { createHmac, timingSafeEqual } from 'node:crypto';

const secret = process.env.WEBHOOK_SECRET;
if (!secret) throw new Error('Set WEBHOOK_SECRET first.');
const id = ${literal(headerOf(request, 'webhook-id'))};
const timestamp = ${literal(headerOf(request, 'webhook-timestamp'))};
const signatures = ${literal(headerOf(request, 'webhook-signature'))};
const simpleSignature = ${literal(headerOf(request, 'X-Webhook-Signature'))};
// In your receiver: the raw bytes of the request's body, before anything parses them (in Express, express.raw()).
const body = Buffer.from(${literal(request.body)});

const isEqual = (one, other) => one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));

// webhook-signature: the key is what the secret's base64 stands for, and id and time are signed with the body.
// In your receiver, refuse a timestamp that is more than five minutes old, too.
const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
const standard = 'v1,' + createHmac('sha256', key).update(\`\${id}.\${timestamp}.\`).update(body).digest('base64');
console.log('webhook-signature:', signatures.split(' ').some((given) => isEqual(standard, given)) ? 'valid' : 'NOT valid');

// X-Webhook-Signature: the key is the secret's text, and the body alone is signed.
const simple = createHmac('sha256', secret).update(body).digest('hex');
console.log('X-Webhook-Signature:', isEqual(simple, simpleSignature) ? 'valid' : 'NOT valid');
`;
