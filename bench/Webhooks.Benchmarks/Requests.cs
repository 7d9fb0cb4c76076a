using BenchmarkDotNet.Attributes;
using Webhooks.Core;
using Webhooks.Core.Sending;
using Webhooks.Core.Webhooks;

namespace Webhooks.Benchmarks;

/// <summary>The steps before a POST.</summary>
public class Requests
{
    private readonly WebhooksOptions _options = new();
    private readonly Uri _uri = new(Samples.Url);

    [Benchmark(Description = "URL read and judged")]
    public bool UrlRead() => WebhookUrl.TryRead(Samples.Url, _options, out _, out _);

    [Benchmark(Description = "Request made and signed")]
    public int RequestMade()
    {
        using var message = SignedRequest.Create(Samples.Request, _uri);
        return message.Headers.NonValidated.Count;
    }
}
