using Webhooks.Testing;

namespace Webhooks.EndToEnd.Tests;

/// <summary>A test with a queue, a receiver, and an installation with one running host.</summary>
public abstract class PublishingTest : IAsyncLifetime
{
    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected AzuriteServer Queue { get; private set; } = null!;

    protected Receiver Receiver { get; private set; } = null!;

    protected Installation Installation { get; private set; } = null!;

    protected ServerProcess Server { get; private set; } = null!;

    /// <summary>The host's API, as the installation's organization uses it.</summary>
    protected WebhooksApi Api { get; private set; } = null!;

    public virtual async ValueTask InitializeAsync()
    {
        Queue = await AzuriteServer.StartAsync();
        Receiver = await Receiver.StartAsync();
        Installation = await Installation.CreateAsync(
            new Dictionary<string, string> { ["ConnectionStrings__Queues"] = Queue.ConnectionString });
        Server = await Installation.StartServerAsync();
        Api = Installation.Api(Server);
    }

    public virtual async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await Installation.DisposeAsync();
        await Receiver.DisposeAsync();
        await Queue.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
