using System.Data.Common;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Webhooks.Client.Publishing;
using Webhooks.Testing;

namespace Webhooks.Client.Tests.Publishing;

/// <summary>The publisher against the platform's own database: what is accepted waits in its inbox.</summary>
public sealed class TransactionPublisherTests : IAsyncLifetime
{
    private readonly Guid _org = Guid.NewGuid();
    private readonly TransactionPublisher _publisher = new();
    private TestDatabase _database = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateMigratedAsync();
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task An_event_is_accepted_when_its_transaction_commits_and_only_then()
    {
        await using var connection = await _database.DataSource.OpenConnectionAsync(Cancel);
        await using (var given = await connection.BeginTransactionAsync(Cancel))
        {
            await _publisher.PublishAsync(given, _org, "user.created", new { UserId = 41 }, Cancel);
            await given.RollbackAsync(Cancel);
        }

        Guid id;
        await using (var kept = await connection.BeginTransactionAsync(Cancel))
        {
            id = await _publisher.PublishAsync(kept, _org, "user.created", new { UserId = 42 }, Cancel);
            await kept.CommitAsync(Cancel);
        }

        Assert.Equal([$$"""{{id}} user.created {"user_id": 42}"""], await InboxAsync("event_id || ' ' || event || ' ' || data"));
    }

    [Fact]
    public async Task All_that_an_event_has_comes_with_it_and_its_id_is_its_own()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == nameof(TransactionPublisherTests),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        using var source = new ActivitySource(nameof(TransactionPublisherTests));
        using var activity = source.StartActivity("publish");
        var now = DateTimeOffset.UtcNow;
        var webhookEvent = new WebhookEvent(_org, "user.created", new { Name = "Ada \"é\"" })
        {
            Timestamp = now.ToOffset(TimeSpan.FromHours(2)),
            DeliverAt = now.AddDays(1),
            OrderingKey = "customer 7",
        };

        await using var connection = await _database.DataSource.OpenConnectionAsync(Cancel);
        await using var transaction = await connection.BeginTransactionAsync(Cancel);
        Assert.Equal(webhookEvent.Id, (await _publisher.PublishAsync(transaction, webhookEvent, Cancel)).ToString());
        Assert.Equal(webhookEvent.Id, (await _publisher.PublishAsync(transaction, webhookEvent, Cancel)).ToString());
        await transaction.CommitAsync(Cancel);

        Assert.Equal(
            [$"Ada \"é\" {activity!.Id} customer 7 1.00:00:00"],
            await InboxAsync(
                "(data ->> 'name') || ' ' || trace_parent || ' ' || ordering_key || ' ' || "
                + "to_char(deliver_at - \"timestamp\", 'FMDD.HH24:MI:SS')"));
    }

    [Fact]
    public async Task A_refusal_names_the_field_and_ends_the_transaction()
    {
        await using var connection = await _database.DataSource.OpenConnectionAsync(Cancel);
        await using var transaction = await connection.BeginTransactionAsync(Cancel);

        var refused = await Assert.ThrowsAnyAsync<DbException>(
            () => _publisher.PublishAsync(transaction, _org, "user.craeted", new { }, Cancel));

        Assert.Equal("WH004", refused.SqlState);
        Assert.Contains("event: 'user.craeted' is not an event type. Did you mean user.created", refused.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(() => _publisher.PublishAsync(transaction, _org, "user.created", "no object", Cancel));
        await transaction.RollbackAsync(Cancel);
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => _publisher.PublishAsync(transaction, _org, "user.created", new { }, Cancel));
    }

    [Fact]
    public async Task In_Entity_Framework_Core_an_event_belongs_to_what_the_transaction_stores()
    {
        var options = new DbContextOptionsBuilder<OrdersContext>().UseNpgsql(_database.DataSource).Options;
        await using (var command = _database.DataSource.CreateCommand(
            """
            CREATE TABLE "Orders" ("Id" uuid PRIMARY KEY, "OrganizationId" uuid NOT NULL, "Total" numeric NOT NULL CHECK ("Total" > 0))
            """))
        {
            await command.ExecuteNonQueryAsync(Cancel);
        }

        var placed = new Order { OrganizationId = _org, Total = 12.50m };
        await using (var context = new OrdersContext(options))
        {
            await context.PlaceAsync(placed, Cancel);
        }

        await using (var context = new OrdersContext(options))
        {
            var refused = new Order { OrganizationId = _org, Total = -1 };
            await Assert.ThrowsAsync<DbUpdateException>(() => context.PlaceAsync(refused, Cancel));
        }

        Assert.Equal([$$"""{"total": 12.50, "order_id": "{{placed.Id}}"}"""], await InboxAsync("data::text"));
    }

    [Fact]
    public async Task The_statements_of_the_document_publish_and_its_sample_is_the_one_that_runs_here()
    {
        await using (var command = _database.DataSource.CreateCommand(
            $"""
            CREATE TABLE invoices (id text, paid_at timestamptz);
            {Example("sql")}
            """))
        {
            await command.ExecuteNonQueryAsync(Cancel);
        }

        Assert.Equal(["invoice.paid"], await InboxAsync("event"));
        var sample = await File.ReadAllTextAsync(Path.Combine(Folder(), "OrdersContext.cs"), Cancel);
        Assert.All(
            Example("csharp").Trim().Split('\n'), line => Assert.Contains($" {line.Trim()}\n", sample, StringComparison.Ordinal));
    }

    /// <summary>The first block of a language in the document's section on transactions.</summary>
    private static string Example(string language)
    {
        var section = File.ReadAllText(Path.Combine(Folder(), "../../../docs/publishing.md")).Split("\n## In a transaction\n")[1];
        return section.Split($"```{language}\n")[1].Split("```")[0];
    }

    private static string Folder([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;

    private async Task<IReadOnlyList<string>> InboxAsync(string columns)
    {
        await using var command = _database.DataSource.CreateCommand($"SELECT {columns} FROM event_inbox");
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        var rows = new List<string>();
        while (await reader.ReadAsync(Cancel))
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    }
}
