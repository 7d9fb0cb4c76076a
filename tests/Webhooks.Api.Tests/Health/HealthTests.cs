using System.Net;
using Webhooks.Api.Tests.Hosting;
using Webhooks.Testing;

namespace Webhooks.Api.Tests.Health;

public sealed class HealthTests(SharedApi api)
{
    [Fact]
    public async Task A_running_server_with_its_database_is_live_and_ready_to_anyone()
    {
        using var client = api.Server.Anonymous();

        (await client.Get("/health/live")).MustBe(HttpStatusCode.OK);
        (await client.Get("/health/ready")).MustBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Without_its_database_it_is_live_but_not_ready()
    {
        await using var server = await ApiServer.StartAsync("Host=127.0.0.1;Port=1;Username=postgres;Timeout=2");
        using var client = server.Anonymous();

        (await client.Get("/health/live")).MustBe(HttpStatusCode.OK);
        (await client.Get("/health/ready")).MustBe(HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task It_is_ready_once_the_migrations_are_applied()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var server = await ApiServer.StartAsync(database.ConnectionString);
        using var client = server.Anonymous();

        (await client.Get("/health/ready")).MustBe(HttpStatusCode.ServiceUnavailable);
        await server.MigrateAsync();
        (await client.Get("/health/ready")).MustBe(HttpStatusCode.OK);
    }
}
