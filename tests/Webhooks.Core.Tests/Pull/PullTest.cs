using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Pull;
using Webhooks.Core.Secrets;
using Webhooks.Core.Sending;
using Webhooks.Core.Tests.Postgres;
using Webhooks.Core.Webhooks;
using Webhooks.Testing;

namespace Webhooks.Core.Tests.Pull;

/// <summary>A webhook that is pulled from, and Core's services on its database as a host has them.</summary>
public abstract class PullTest : DatabaseTest
{
    private ServiceProvider _services = null!;

    protected Guid Org { get; } = Guid.NewGuid();

    protected Guid Webhook { get; private set; }

    protected string Secret { get; private set; } = null!;

    protected SwitchableKeyRing Keys { get; } = new();

    protected DeliveryPulls Pulls => Service<DeliveryPulls>();

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(NpgsqlDataSource.Create(DatabaseConnectionString))
            .AddSingleton<IKeyRing>(Keys)
            .AddWebhooksCore(new WebhooksOptions
            {
                RequireHttps = false,
                AllowedNetworks = [System.Net.IPNetwork.Parse("127.0.0.0/8")],
            })
            .BuildServiceProvider();
        (Webhook, Secret) = await CreateAsync(new NewWebhook(
            Url: null,
            ["*"],
            Active: true,
            Description: null,
            RetryDelays: [60, 600],
            Mode: WebhookMode.Pull));
    }

    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _services.DisposeAsync();
        await base.DisposeAsync();
    }

    protected T Service<T>()
        where T : class => _services.GetRequiredService<T>();

    protected async Task<(Guid Webhook, string Secret)> CreateAsync(NewWebhook webhook)
    {
        var created = Assert.IsType<WebhookCreation.Created>(await Service<WebhookStore>().CreateAsync(Org, webhook, key: null, Cancel));
        return (created.Webhook.Id, created.Secret);
    }

    protected Task<Webhook?> ChangeAsync(WebhookChanges changes) =>
        Service<WebhookStore>().UpdateAsync(Org, Webhook, changes, states: null, Cancel);

    /// <summary>Publishes events for the webhook, which nothing has to begin.</summary>
    protected async Task PublishPulledAsync(int count = 1)
    {
        var published = await Publisher.PublishAsync(
            [.. Enumerable.Range(0, count).Select(number => Message(Org, data: $$"""{"number":{{number}}}"""))], Cancel);
        Assert.All(published, item => Assert.Equal((0, 1, 1), (item.NewDeliveries.Count, item.NewPulled, item.Deliveries)));
    }

    protected async Task<IReadOnlyList<PulledDelivery>> PullAsync(int limit = 100, TimeSpan wait = default)
    {
        var outcome = await Pulls.PullAsync(Org, Webhook, limit, wait, CancellationToken.None, Cancel);
        return Assert.IsType<PullOutcome.Pulled>(outcome).Deliveries;
    }

    protected async Task<PulledDelivery> PullOneAsync() => Assert.Single(await PullAsync());

    /// <summary>Reports a status of each; the deliveries that were recorded, with where they stand.</summary>
    protected async Task<IReadOnlyDictionary<Guid, DeliveryStatus>> ReportAsync(int status, params IEnumerable<PulledDelivery> pulled)
    {
        var results = pulled.Select(delivery => new PullResult(
            delivery.Id, delivery.LeaseToken, new SendOutcome.Answered(status, "body"), TimeSpan.FromMilliseconds(7))).ToArray();
        var recorded = await Pulls.RecordAsync(Org, Webhook, results, Cancel);
        Assert.NotNull(recorded);
        return recorded;
    }

    protected Task EndLeasesAsync() => ExecuteAsync("UPDATE pull_leases SET lease_until = now()");

    protected Task MakeDueAsync() => ExecuteAsync("UPDATE webhook_deliveries SET next_attempt_at = now() WHERE status = 'pending'");

    protected async Task<DeliveryDetail> FindAsync(Guid delivery) =>
        Required(await History.FindAsync(Org, Webhook, delivery, Cancel));

    protected async Task<DeliveryDetail> OnlyAsync() => await FindAsync(await QueryAsync<Guid>("SELECT id FROM webhook_deliveries"));
}
