using System.Security.Cryptography;
using System.Text;
using BenchmarkDotNet.Attributes;
using Webhooks.Core.Secrets;
using Webhooks.Core.Sending;

namespace Webhooks.Benchmarks;

/// <summary>The two signatures of an attempt, beside what they would cost without a signer that is kept.</summary>
public class Signing
{
    private const string Id = "01a20996-9cab-704c-9458-6767cc057b2f";
    private const string Timestamp = "1785585600";

    private readonly WebhookSigner _signer = new(Samples.Secret);

    [Benchmark]
    public string OfBody() => _signer.OfBody(Samples.Body);

    [Benchmark]
    public string Standard() => _signer.Standard(Id, Timestamp, Samples.Body);

    [Benchmark(Description = "OfBody, in one call of HMACSHA256")]
    public string OfBodyInOneCall() =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Samples.Secret), Samples.Body));

    [Benchmark(Description = "Standard, in one call of HMACSHA256")]
    public string StandardInOneCall()
    {
        byte[] content = [.. Encoding.ASCII.GetBytes($"{Id}.{Timestamp}."), .. Samples.Body];
        return "v1," + Convert.ToBase64String(HMACSHA256.HashData(WebhookSecret.GetKey(Samples.Secret), content));
    }
}
