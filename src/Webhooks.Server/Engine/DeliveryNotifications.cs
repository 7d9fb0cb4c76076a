using System.Data;
using Npgsql;
using Webhooks.Core;
using Webhooks.Core.Postgres;
using Webhooks.Core.Pull;

namespace Webhooks.Server.Engine;

/// <summary>
/// The listener for new deliveries, those that are pulled, too, and for events that were published in transactions, so that they go out at
/// once. What it misses, the claimer's poll finds, and that of <see cref="InboxService"/>, and whoever waits for deliveries to pull.
/// </summary>
internal sealed class DeliveryNotifications(
    NpgsqlDataSource source,
    DueSignal signal,
    [FromKeyedServices(InboxService.Signal)] DueSignal inbox,
    PullArrivals pulls,
    DatabaseAvailability database,
    WebhooksOptions webhooks,
    TimeProvider clock)
{
    /// <summary>
    /// What <c>publish_webhook_event</c> says, also to servers that know no inbox; deliveries are announced without a word.
    /// </summary>
    private const string OfInbox = "inbox";

    /// <summary>The channel on which the webhook is said for which deliveries wait to be pulled.</summary>
    private const string OfPulls = "webhook_pulls";

    private const string Listen = "LISTEN webhook_deliveries";
    private const string ListenForPulls = $"LISTEN {OfPulls}";
    private const string Unlisten = "UNLISTEN *";

    // A connection that has died silently is noticed only when something is sent on it.
    private const string KeepAlive = "SELECT 1";
    private static readonly TimeSpan _keepAliveInterval = TimeSpan.FromSeconds(30);

    /// <summary>Listens until it is stopped; connects again whenever the connection is lost. Not at all where no session is kept.</summary>
    /// <param name="stopping">Ends the listening.</param>
    /// <param name="abandon">Ends the farewell to the database, too.</param>
    public async Task RunAsync(CancellationToken stopping, CancellationToken abandon)
    {
        var retry = new DatabaseRetry(database, clock);
        while (webhooks.DatabasePooling == DatabasePooling.Session && !stopping.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(retry, stopping, abandon);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                await retry.WaitAsync(failure, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ListenAsync(DatabaseRetry retry, CancellationToken stopping, CancellationToken abandon)
    {
        await using var connection = await source.OpenConnectionAsync(stopping);
        connection.Notification += (_, told) => Hear(told);
        await ExecuteAsync(connection, ListenForPulls, stopping);
        await ExecuteAsync(connection, Listen, stopping);
        retry.End();

        // What was published while nobody listened.
        signal.Set();
        inbox.Set();
        pulls.TellAll();
        try
        {
            await HearAsync(connection, stopping);
        }
        finally
        {
            await StopListeningAsync(connection, abandon);
        }
    }

    private void Hear(NpgsqlNotificationEventArgs told)
    {
        if (told.Channel == OfPulls)
        {
            pulls.Tell(Guid.Parse(told.Payload));
        }
        else
        {
            (told.Payload == OfInbox ? inbox : signal).Set();
        }
    }

    private static async Task HearAsync(NpgsqlConnection connection, CancellationToken stopping)
    {
        while (true)
        {
            if (!await connection.WaitAsync(_keepAliveInterval, stopping))
            {
                await ExecuteAsync(connection, KeepAlive, stopping);
            }
        }
    }

    /// <summary>Not canceled with the listening: the connection goes back to a pool, and must not be told any more.</summary>
    private static async Task StopListeningAsync(NpgsqlConnection connection, CancellationToken abandon)
    {
        if (connection.State == ConnectionState.Open)
        {
            await ExecuteAsync(connection, Unlisten, abandon);
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string statement, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(statement, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
