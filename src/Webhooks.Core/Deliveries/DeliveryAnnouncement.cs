using Microsoft.Extensions.Logging;
using Npgsql;

namespace Webhooks.Core.Deliveries;

/// <summary>
/// The notifications that wake the engines of all servers, because there are deliveries that nobody has claimed, and whoever waits for
/// deliveries to pull.
/// </summary>
public sealed partial class DeliveryAnnouncement(NpgsqlDataSource database, ILogger<DeliveryAnnouncement> logger)
{
    /// <summary>
    /// Wakes them. Not in the transaction that stores the deliveries: those that notify commit one after the other, each with its own write
    /// to disk. Neither canceled nor allowed to fail the caller, since the deliveries are committed; an engine also looks for them by
    /// itself.
    /// </summary>
    public async Task NotifyAsync()
    {
        await using var command = database.CreateCommand("SELECT pg_notify('webhook_deliveries', '')");
        await ExecuteAsync(command);
    }

    /// <summary>Wakes those who wait for deliveries of some webhooks to pull. Like <see cref="NotifyAsync"/>, it never fails.</summary>
    public async Task NotifyPullsAsync(IReadOnlyCollection<Guid> webhooks)
    {
        await using var command = database.CreateCommand("SELECT pg_notify('webhook_pulls', id::text) FROM unnest($1) AS webhook (id)");
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. webhooks] });
        await ExecuteAsync(command);
    }

    private async Task ExecuteAsync(NpgsqlCommand command)
    {
        try
        {
            await command.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (NpgsqlException failure)
        {
            LogNotNotified(failure);
        }
    }

    [LoggerMessage(
        1,
        LogLevel.Warning,
        "webhook deliveries are stored, but those who wait for them could not be told; they find them at their next look")]
    private partial void LogNotNotified(Exception failure);
}
