namespace Webhooks.Endurance.Tests.Chaos;

/// <summary>Two organizations with webhooks whose receivers fail never, sometimes, often and always.</summary>
internal sealed class Customers : IAsyncDisposable
{
    private readonly List<Target> _targets = [];

    /// <summary>The organizations.</summary>
    public IReadOnlyList<Guid> Organizations { get; } = [Guid.NewGuid(), Guid.NewGuid()];

    /// <summary>All webhooks.</summary>
    public IReadOnlyList<Target> Targets => _targets;

    /// <summary>Registers the webhooks.</summary>
    public async Task RegisterAsync(Cluster cluster, int seed)
    {
        await RegisterAsync(cluster, Organizations[0], seed, failures: 0.05, "*");
        await RegisterAsync(cluster, Organizations[0], seed + 1, failures: 0.25, "user.created");
        await RegisterAsync(cluster, Organizations[0], seed + 2, failures: 0.6, "user.created", "user.updated");
        await RegisterAsync(cluster, Organizations[1], seed + 3, failures: 0.25, "*");
        await RegisterAsync(cluster, Organizations[1], seed + 4, failures: 0, "user.updated");
        await RegisterAsync(cluster, Organizations[1], seed + 5, failures: 1, "user.deleted");
    }

    /// <summary>Registers a webhook whose receiver fails until it is mended, and whose deliveries sleep for an hour before that.</summary>
    public Task RegisterSleeperAsync(Cluster cluster, int seed) =>
        RegisterAsync(cluster, Organizations[0], seed, failures: 1, retryDelays: [3600, 3600, 3600, 3600, 3600], "user.deleted");

    public async ValueTask DisposeAsync()
    {
        foreach (var target in _targets)
        {
            await target.Receiver.DisposeAsync();
        }
    }

    private Task RegisterAsync(Cluster cluster, Guid organization, int seed, double failures, params string[] events) =>
        RegisterAsync(cluster, organization, seed, failures, retryDelays: null, events);

    private async Task RegisterAsync(
        Cluster cluster, Guid organization, int seed, double failures, int[]? retryDelays, params string[] events)
    {
        var receiver = await MoodyReceiver.StartAsync(seed, failures);
        var webhook = await cluster.Api(0, organization).RegisterAsync(
            new { url = $"{receiver.Url}/hook", events, retry_delays = retryDelays });
        receiver.Expect(webhook);
        _targets.Add(new Target(organization, events, webhook, receiver));
    }
}
