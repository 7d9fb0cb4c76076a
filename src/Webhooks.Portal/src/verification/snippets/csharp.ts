import { headerOf, type SentRequest } from '../request.ts';
import { literal } from '../text.ts';

export const csharp = (request: SentRequest): string => `using System.Security.Cryptography;
using System.Text;

var secret = Environment.GetEnvironmentVariable("WEBHOOK_SECRET") ?? throw new InvalidOperationException("Set WEBHOOK_SECRET first.");
var id = ${literal(headerOf(request, 'webhook-id'))};
var timestamp = ${literal(headerOf(request, 'webhook-timestamp'))};
var signatures = ${literal(headerOf(request, 'webhook-signature'))};
var simpleSignature = ${literal(headerOf(request, 'X-Webhook-Signature'))};
// In your receiver: the raw bytes of the request's body, before anything parses them.
var body = Encoding.UTF8.GetBytes(${literal(request.body)});

// webhook-signature: the key is what the secret's base64 stands for, and id and time are signed with the body.
// In your receiver, refuse a timestamp that is more than five minutes old, too.
var key = Convert.FromBase64String(secret.Replace("whsec_", ""));
byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body];
var standard = "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, signed));
Console.WriteLine("webhook-signature: " + (signatures.Split(' ').Any(given => IsEqual(standard, given)) ? "valid" : "NOT valid"));

// X-Webhook-Signature: the key is the secret's text, and the body alone is signed.
var simple = Convert.ToHexString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body)).ToLowerInvariant();
Console.WriteLine("X-Webhook-Signature: " + (IsEqual(simple, simpleSignature) ? "valid" : "NOT valid"));

static bool IsEqual(string one, string other) =>
    CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(one), Encoding.UTF8.GetBytes(other));
`;
