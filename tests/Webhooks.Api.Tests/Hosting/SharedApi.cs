using Webhooks.Core;
using Webhooks.Testing;

[assembly: AssemblyFixture(typeof(Webhooks.Api.Tests.Hosting.SharedApi))]

namespace Webhooks.Api.Tests.Hosting;

/// <summary>One running API for all tests; each test uses organizations of its own.</summary>
public sealed class SharedApi : IAsyncLifetime
{
    public static readonly WebhooksLimits Limits = new()
    {
        WebhooksPerOrganization = 12,
        ApiKeysPerOrganization = 4,
        EventsPerWebhook = 40,
        RequestBytes = 16 * 1024,
        EventBytes = 32 * 1024,
        PublishBytes = 64 * 1024,
        EventsPerRequest = 20,
    };

    private TestDatabase? _database;
    private ApiServer? _server;

    public ApiServer Server => _server!;

    public TestDatabase Database => _database!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateMigratedAsync();
        _server = await ApiServer.StartAsync(_database.ConnectionString, Limits);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        if (_database is not null)
        {
            await _database.DisposeAsync();
        }
    }
}
