using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Webhooks.Api.Tests.Hosting;
using Webhooks.Core.Secrets;
using Webhooks.Testing;

namespace Webhooks.Api.Tests.Problems;

public sealed class FaultTests(SharedApi api)
{
    [Fact]
    public async Task A_database_that_does_not_answer_gives_503_and_when_to_try_again()
    {
        // Nothing listens at port 1.
        await using var server = await ApiServer.StartAsync("Host=127.0.0.1;Port=1;Username=postgres;Timeout=2");
        using var client = server.ForNewOrganization();

        foreach (var refused in (Answer[])
            [
                await client.Get(Calls.Webhooks),
                await client.Post("/api/v1/events", """{"event":"user.created","data":{}}"""),
                await client.Post(Calls.Webhooks, """{"url":"http://127.0.0.1:9000","events":["*"]}"""),
            ])
        {
            refused.MustBeProblem(HttpStatusCode.ServiceUnavailable, "database-unavailable");
            Assert.True(refused.Headers.RetryAfter!.Delta > TimeSpan.Zero);
            Assert.DoesNotContain("127.0.0.1", refused.Text, StringComparison.Ordinal);
        }

        Assert.Contains(server.Logs.Lines, line => line.Level == LogLevel.Error && line.Text.Contains(
            "webhook API: ListWebhooks answered 503", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Something_unexpected_gives_500_without_internals_and_a_log_line_with_them()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var server = await ApiServer.StartAsync(database.ConnectionString);
        await server.MigrateAsync();
        await ExecuteAsync(database, "ALTER TABLE webhooks ADD CHECK (url = '')");
        using var client = server.ForNewOrganization();

        var failed = await client.Post(Calls.Webhooks, """{"url":"http://127.0.0.1:9000/private-text","events":["*"]}""");

        failed.MustBeProblem(HttpStatusCode.InternalServerError, "internal-error");
        Assert.DoesNotContain("webhooks\\\"", failed.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Npgsql", failed.Text, StringComparison.Ordinal);
        var line = Assert.Single(server.Logs.Lines, line => line.Text.Contains("failed unexpectedly", StringComparison.Ordinal));
        Assert.Contains("webhook API: CreateWebhook", line.Text, StringComparison.Ordinal);
        Assert.Contains(failed["trace_id"].GetString()!, line.Text, StringComparison.Ordinal);
        Assert.Contains("PostgresException", line.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("private-text", line.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_that_cannot_be_stored_or_read_gives_503()
    {
        await using var receiver = await Receiver.StartAsync();
        var organization = Guid.NewGuid();
        using var working = api.Server.For(organization);
        var webhook = await working.CreateWebhookAsync(receiver.Url);
        await using var server = await ApiServer.StartAsync(
            api.Database.ConnectionString,
            adjust: services => services.Replace(ServiceDescriptor.Singleton<IKeyRing, EmptyKeyRing>()));
        using var client = server.For(organization);

        var create = await client.Post(Calls.Webhooks, """{"url":"http://127.0.0.1:9000","events":["*"]}""");
        var test = await client.Post($"{Calls.Webhooks}/{webhook}/test");

        create.MustBeProblem(HttpStatusCode.ServiceUnavailable, "secret-unavailable");
        test.MustBeProblem(HttpStatusCode.ServiceUnavailable, "secret-unavailable");
        Assert.NotNull(test.Headers.RetryAfter);
        Assert.DoesNotContain(EmptyKeyRing.Reason, test.Text, StringComparison.Ordinal);
        Assert.Contains(server.Logs.Lines, line => line.Text.Contains(EmptyKeyRing.Reason, StringComparison.Ordinal));
        Assert.Empty(receiver.Requests);
    }

    [Fact]
    public async Task A_transform_that_does_not_get_its_turn_gives_503()
    {
        const string Script = "function handler(webhook) { return webhook; }";
        await using var receiver = await Receiver.StartAsync();
        await using var server = await ApiServer.StartAsync(
            api.Database.ConnectionString,
            adjust: services => services.Replace(ServiceDescriptor.Singleton(ImpatientTransforms.Create())));
        using var client = server.For(Guid.NewGuid());
        var webhook = await client.CreateWebhookAsync(receiver.Url);
        var set = await client.Patch($"{Calls.Webhooks}/{webhook}", $$"""{"transform":"{{Script}}"}""");
        set.MustBe(HttpStatusCode.OK);

        var trial = await client.Post($"{Calls.Webhooks}/transform/test", $$$"""
            {"transform":"{{{Script}}}","payload":{"event":"user.created","timestamp":"2026-01-31T18:30:00.000Z","data":{} }}
            """);
        var test = await client.Post($"{Calls.Webhooks}/{webhook}/test");

        trial.MustBeProblem(HttpStatusCode.ServiceUnavailable, "transforms-busy");
        test.MustBeProblem(HttpStatusCode.ServiceUnavailable, "transforms-busy");
        Assert.NotNull(trial.Headers.RetryAfter);
        Assert.Empty(receiver.Requests);
    }

    [Fact]
    public async Task An_unknown_path_gets_404_and_a_wrong_method_405_with_what_is_allowed()
    {
        using var client = api.Server.ForNewOrganization();

        (await client.Get("/api/v1/webhook")).MustBeProblem(HttpStatusCode.NotFound, "not-found");
        (await client.Get("/")).MustBeProblem(HttpStatusCode.NotFound, "not-found");
        var refused = await client.Delete(Calls.Webhooks);
        refused.MustBeProblem(HttpStatusCode.MethodNotAllowed, "method-not-allowed");
        Assert.Contains("GET", refused["detail"].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_is_a_problem_whatever_the_client_says_that_it_accepts()
    {
        using var client = api.Server.Anonymous();
        client.DefaultRequestHeaders.Accept.ParseAdd("text/html");

        (await client.Get(Calls.Webhooks)).MustBeProblem(HttpStatusCode.Unauthorized, "unauthenticated");
        (await client.Get("/nowhere")).MustBeProblem(HttpStatusCode.NotFound, "not-found");
    }

    private static async Task ExecuteAsync(TestDatabase database, string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
