using System.Net;
using Webhooks.Testing;

namespace Webhooks.Core.Tests.Sending;

/// <summary>Changes the process's default proxy, and so runs while no other test does.</summary>
[Collection(nameof(WebhookSenderProxyTests))]
[CollectionDefinition(nameof(WebhookSenderProxyTests), DisableParallelization = true)]
public sealed class WebhookSenderProxyTests : IDisposable
{
    private readonly IWebProxy _before = HttpClient.DefaultProxy;

    public void Dispose() => HttpClient.DefaultProxy = _before;

    [Fact]
    public async Task The_machine_s_proxy_is_not_used()
    {
        await using var proxy = await Receiver.StartAsync();
        await using var receiver = await Receiver.StartAsync();
        HttpClient.DefaultProxy = new WebProxy(proxy.Url);

        await Requests.SendOnceAsync(receiver.Url);

        Assert.Empty(proxy.Requests);
        Assert.Single(receiver.Requests);
    }
}
