import { headerOf, type SentRequest } from '../request.ts';
import { literal } from '../text.ts';

export const python = (request: SentRequest): string => `import base64, hashlib, hmac, os

secret = os.environ["WEBHOOK_SECRET"]
webhook_id = ${literal(headerOf(request, 'webhook-id'))}
timestamp = ${literal(headerOf(request, 'webhook-timestamp'))}
signatures = ${literal(headerOf(request, 'webhook-signature'))}
simple_signature = ${literal(headerOf(request, 'X-Webhook-Signature'))}
# In your receiver: the raw bytes of the request's body, before anything parses them.
body = ${literal(request.body)}.encode()

# webhook-signature: the key is what the secret's base64 stands for, and id and time are signed with the body.
# In your receiver, refuse a timestamp that is more than five minutes old, too.
key = base64.b64decode(secret.removeprefix("whsec_"))
digest = hmac.new(key, f"{webhook_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
expected = "v1," + base64.b64encode(digest).decode()
is_valid = any(hmac.compare_digest(expected, given) for given in signatures.split())
print("webhook-signature:", "valid" if is_valid else "NOT valid")

# X-Webhook-Signature: the key is the secret's text, and the body alone is signed.
expected = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
is_valid = hmac.compare_digest(expected, simple_signature)
print("X-Webhook-Signature:", "valid" if is_valid else "NOT valid")
`;
