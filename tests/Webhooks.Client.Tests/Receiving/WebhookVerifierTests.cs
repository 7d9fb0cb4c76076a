using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Webhooks.Client.Receiving;

namespace Webhooks.Client.Tests.Receiving;

public sealed class WebhookVerifierTests
{
    // The example of the Standard Webhooks libraries.
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string Id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private const string Timestamp = "1614265330";
    private const string Signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    // hmac.new(secret.encode(), body, sha256).hexdigest()
    private const string BodySignature = "80ec8a89ce3cd22133a1066caecb4d04fea7467657c8514d717ec42c38a5c94c";

    private const string OtherSecret = "whsec_b3RoZXIgc2VjcmV0IG9mIDI0IGJ5dGVz";

    private static readonly byte[] _body = """{"test": 2432232314}"""u8.ToArray();
    private static readonly FakeTimeProvider _clock = new(DateTimeOffset.FromUnixTimeSeconds(1614265330));

    [Fact]
    public void The_example_of_Standard_Webhooks_is_valid() =>
        Assert.Equal(WebhookVerification.Valid, Verifier(Secret).Verify(_body, Id, Timestamp, Signature));

    [Fact]
    public void Another_body_id_or_timestamp_is_invalid()
    {
        var verifier = Verifier(Secret);

        Assert.Equal(WebhookVerification.SignatureInvalid, verifier.Verify("""{"test": 2432232315}"""u8, Id, Timestamp, Signature));
        Assert.Equal(WebhookVerification.SignatureInvalid, verifier.Verify([], Id, Timestamp, Signature));
        Assert.Equal(WebhookVerification.SignatureInvalid, verifier.Verify(_body, Id + "x", Timestamp, Signature));
        Assert.Equal(WebhookVerification.SignatureInvalid, verifier.Verify(_body, Id, "1614265331", Signature));
    }

    [Fact]
    public void Another_secret_is_invalid() =>
        Assert.Equal(WebhookVerification.SignatureInvalid, Verifier(OtherSecret).Verify(_body, Id, Timestamp, Signature));

    [Theory]
    [InlineData("v1,AAAA " + Signature)]
    [InlineData(Signature + " v1,AAAA")]
    [InlineData("v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg== " + Signature)]
    [InlineData("  " + Signature + "  ")]
    [InlineData(", v1, v1 v1,= v1,%%% " + Signature)]
    public void One_valid_signature_among_several_suffices(string signatures) =>
        Assert.Equal(WebhookVerification.Valid, Verifier(Secret).Verify(_body, Id, Timestamp, signatures));

    [Theory]
    [InlineData("v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")]
    [InlineData("g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")]
    [InlineData("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1O")]
    [InlineData("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OEA")]
    [InlineData("v1,")]
    [InlineData("v1")]
    [InlineData(" ")]
    public void Anything_but_a_complete_v1_signature_is_invalid(string signatures) =>
        Assert.Equal(WebhookVerification.SignatureInvalid, Verifier(Secret).Verify(_body, Id, Timestamp, signatures));

    [Fact]
    public void While_a_secret_is_replaced_both_are_valid()
    {
        var verifier = Verifier(OtherSecret, Secret);

        Assert.Equal(WebhookVerification.Valid, verifier.Verify(_body, Id, Timestamp, Signature));
        Assert.True(verifier.VerifyBody(_body, BodySignature));
    }

    [Theory]
    [InlineData(-300, WebhookVerification.Valid)]
    [InlineData(300, WebhookVerification.Valid)]
    [InlineData(-301, WebhookVerification.TimestampOutOfTolerance)]
    [InlineData(301, WebhookVerification.TimestampOutOfTolerance)]
    public void A_timestamp_may_be_five_minutes_off(int seconds, WebhookVerification expected)
    {
        var verifier = new WebhookVerifier(Secret) { Clock = new FakeTimeProvider(_clock.GetUtcNow().AddSeconds(seconds)) };

        Assert.Equal(expected, verifier.Verify(_body, Id, Timestamp, Signature));
    }

    [Fact]
    public void The_tolerance_can_be_set()
    {
        var verifier = new WebhookVerifier(Secret)
        {
            Clock = new FakeTimeProvider(_clock.GetUtcNow().AddHours(1)),
            Tolerance = TimeSpan.FromHours(1),
        };

        Assert.Equal(WebhookVerification.Valid, verifier.Verify(_body, Id, Timestamp, Signature));
    }

    [Theory]
    [InlineData("-1614265330")]
    [InlineData("+1614265330")]
    [InlineData(" 1614265330")]
    [InlineData("1614265330.0")]
    [InlineData("99999999999999999999")]
    [InlineData("now")]
    public void A_timestamp_that_is_no_number_is_invalid(string timestamp) =>
        Assert.Equal(WebhookVerification.TimestampInvalid, Verifier(Secret).Verify(_body, Id, timestamp, Signature));

    [Fact]
    public void The_largest_timestamp_is_out_of_tolerance() =>
        Assert.Equal(WebhookVerification.TimestampOutOfTolerance, Verifier(Secret).Verify(_body, Id, "9223372036854775807", Signature));

    [Theory]
    [InlineData(null, Timestamp, Signature)]
    [InlineData(Id, null, Signature)]
    [InlineData(Id, Timestamp, null)]
    [InlineData("", Timestamp, Signature)]
    [InlineData(Id, "", Signature)]
    [InlineData(Id, Timestamp, "")]
    public void A_missing_header_is_told_apart(string? id, string? timestamp, string? signature) =>
        Assert.Equal(WebhookVerification.HeaderMissing, Verifier(Secret).Verify(_body, id, timestamp, signature));

    [Fact]
    public void The_body_is_signed_with_the_secret_as_it_is_written()
    {
        Assert.True(Verifier(Secret).VerifyBody(_body, BodySignature));
        Assert.True(Verifier(Secret).VerifyBody(_body, BodySignature.ToUpperInvariant()));
        Assert.False(Verifier(Secret).VerifyBody([.. _body, (byte)' '], BodySignature));
        Assert.False(Verifier(OtherSecret).VerifyBody(_body, BodySignature));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("sha256=" + BodySignature)]
    [InlineData(" " + BodySignature)]
    [InlineData("zz")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz")]
    public void Anything_but_its_64_hexadecimal_digits_is_no_signature_of_the_body(string? signature) =>
        Assert.False(Verifier(Secret).VerifyBody(_body, signature));

    [Theory]
    [InlineData("")]
    [InlineData("whsec_")]
    [InlineData("whsec_not base64!")]
    [InlineData("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    public void A_secret_that_cannot_be_one_is_refused_without_showing_it(string secret)
    {
        var refused = Assert.Throws<ArgumentException>(() => new WebhookVerifier(secret));

        Assert.True(secret.Length < 10 || !refused.Message.Contains(secret, StringComparison.Ordinal));
    }

    [Fact]
    public void No_secret_at_all_is_refused() => Assert.Throws<ArgumentException>(() => new WebhookVerifier());

    [Fact]
    public void Whatever_is_signed_verifies_and_no_longer_when_a_byte_is_changed() =>
        Gen.Select(Gen.Byte.Array[24, 64], Gen.Byte.Array[1, 500], Gen.Int[0, int.MaxValue]).Sample((key, body, at) =>
        {
            var secret = "whsec_" + Convert.ToBase64String(key);
            byte[] content = [.. Encoding.UTF8.GetBytes($"{Id}.{Timestamp}."), .. body];
            var standard = "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, content));
            var ofBody = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body));
            var verifier = Verifier(secret);
            Assert.Equal(WebhookVerification.Valid, verifier.Verify(body, Id, Timestamp, standard));
            Assert.True(verifier.VerifyBody(body, ofBody));

            body[at % body.Length] ^= 1;
            Assert.Equal(WebhookVerification.SignatureInvalid, verifier.Verify(body, Id, Timestamp, standard));
            Assert.False(verifier.VerifyBody(body, ofBody));
        });

    [Fact]
    public void Any_headers_are_verified_without_an_exception() =>
        Gen.Select(Gen.String, Gen.String, Gen.String).Sample((first, second, third) =>
        {
            var verifier = Verifier(Secret);
            Assert.NotEqual(WebhookVerification.Valid, verifier.Verify(_body, first, second, third));
            Assert.NotEqual(WebhookVerification.Valid, verifier.Verify(_body, first, Timestamp, "v1," + third));
            Assert.False(verifier.VerifyBody(_body, third));
        });

    private static WebhookVerifier Verifier(params string[] secrets) => new(secrets) { Clock = _clock };
}
