using Microsoft.Extensions.Logging;
using Npgsql;

namespace Webhooks.Core.Deliveries;

/// <summary>The notification that wakes the engines of all servers: there are deliveries that nobody has claimed.</summary>
public sealed partial class DeliveryAnnouncement(NpgsqlDataSource database, ILogger<DeliveryAnnouncement> logger)
{
    /// <summary>
    /// Wakes them. Not in the transaction that stores the deliveries: those that notify commit one after the other, each with its own write
    /// to disk. Neither canceled nor allowed to fail the caller, since the deliveries are committed; an engine also looks for them by
    /// itself.
    /// </summary>
    public async Task NotifyAsync()
    {
        try
        {
            await using var command = database.CreateCommand("SELECT pg_notify('webhook_deliveries', '')");
            await command.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (NpgsqlException failure)
        {
            LogNotNotified(failure);
        }
    }

    [LoggerMessage(
        1, LogLevel.Warning, "webhook deliveries are stored, but the engines could not be told; they find them at their next look")]
    private partial void LogNotNotified(Exception failure);
}
