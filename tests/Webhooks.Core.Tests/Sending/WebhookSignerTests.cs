using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Webhooks.Core.Secrets;
using Webhooks.Core.Sending;

namespace Webhooks.Core.Tests.Sending;

public sealed class WebhookSignerTests
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    [Fact]
    public void The_specification_s_example_gets_the_specification_s_signature() =>
        Assert.Equal(
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            new WebhookSigner(Secret).Standard("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", """{"test": 2432232314}"""u8));

    [Fact]
    public void The_body_s_signature_is_what_a_receiver_computes_with_the_secret_as_text() =>
        // From: printf '%s' '{"test": 2432232314}' | openssl dgst -sha256 -hmac whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw
        Assert.Equal("80ec8a89ce3cd22133a1066caecb4d04fea7467657c8514d717ec42c38a5c94c", new WebhookSigner(Secret).OfBody(
            """{"test": 2432232314}"""u8));

    [Fact]
    public void While_both_secrets_sign_the_standard_header_lists_the_new_one_first() =>
        Gen.Select(Gen.Byte.Array[24, 64], Gen.Byte.Array[24, 64], Gen.Byte.Array[0, 500], Gen.Bool).Sample((key, old, body, promoted) =>
        {
            var (secret, previous) = (SecretOf(key), SecretOf(old));
            var signer = new WebhookSigner(secret, previous, promoted);

            Assert.Equal(
                $"{new WebhookSigner(secret).Standard("id", "17", body)} {new WebhookSigner(previous).Standard("id", "17", body)}",
                signer.Standard("id", "17", body));
        });

    [Fact]
    public void The_header_of_one_value_is_the_old_secrets_until_the_new_one_is_promoted() =>
        Gen.Select(Gen.Byte.Array[24, 64], Gen.Byte.Array[24, 64], Gen.Byte.Array[0, 500]).Sample((key, old, body) =>
        {
            var ofNew = new WebhookSigner(SecretOf(key)).OfBody(body);
            var ofOld = new WebhookSigner(SecretOf(old)).OfBody(body);
            var before = new WebhookSigner(SecretOf(key), SecretOf(old), promoted: false);
            var after = new WebhookSigner(SecretOf(key), SecretOf(old), promoted: true);

            Assert.Equal((ofOld, ofNew), (before.OfBody(body), before.NextOfBody(body)));
            Assert.Equal((ofNew, null), (after.OfBody(body), after.NextOfBody(body)));
        });

    [Fact]
    public void A_secret_that_signs_alone_has_no_next_signature() => Assert.Null(new WebhookSigner(Secret).NextOfBody("{}"u8));

    [Fact]
    public void Both_signatures_are_HMAC_SHA256_for_any_secret_and_body() =>
        Gen.Select(Gen.Byte.Array[24, 64], Gen.Byte.Array[0, 5000]).Sample((key, body) =>
        {
            var secret = SecretOf(key);
            var signer = new WebhookSigner(secret);
            byte[] content = [.. "id.1700000000."u8, .. body];

            Assert.Equal(
                Convert.ToHexString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body)).ToLowerInvariant(),
                signer.OfBody(body));
            Assert.Equal(
                "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, content)),
                signer.Standard("id", "1700000000", body));
        });

    private static string SecretOf(byte[] key) => WebhookSecret.Prefix + Convert.ToBase64String(key);
}
