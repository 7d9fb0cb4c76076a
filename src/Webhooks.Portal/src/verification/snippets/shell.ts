import { headerOf, type SentRequest } from '../request.ts';
import { quote } from '../text.ts';

export const shell = (request: SentRequest): string => `secret=\${WEBHOOK_SECRET:?Set it first.}
id=${quote(headerOf(request, 'webhook-id'))}
timestamp=${quote(headerOf(request, 'webhook-timestamp'))}
signatures=${quote(headerOf(request, 'webhook-signature'))}
simple_signature=${quote(headerOf(request, 'X-Webhook-Signature'))}
# In your receiver: the raw bytes of the request's body, before anything parses them.
body=${quote(request.body)}

# webhook-signature: the key is what the secret's base64 stands for, and id and time are signed with the body.
# In your receiver, refuse a timestamp that is more than five minutes old, too.
key=$(printf '%s' "\${secret#whsec_}" | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \\n')
expected=v1,$(printf '%s.%s.%s' "$id" "$timestamp" "$body" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | openssl base64 -A)
case " $signatures " in
  *" $expected "*) echo "webhook-signature: valid" ;;
  *) echo "webhook-signature: NOT valid" ;;
esac

# X-Webhook-Signature: the key is the secret's text, and the body alone is signed.
expected=$(printf '%s' "$body" | openssl dgst -sha256 -hmac "$secret" -r | cut -d ' ' -f 1)
if [ "$expected" = "$simple_signature" ]; then
  echo "X-Webhook-Signature: valid"
else
  echo "X-Webhook-Signature: NOT valid"
fi
`;
