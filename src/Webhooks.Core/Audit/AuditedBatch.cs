using Npgsql;

namespace Webhooks.Core.Audit;

/// <summary>How statements are run whose changes are audited.</summary>
internal static class AuditedBatch
{
    /// <summary>Runs a batch whose transaction is told first who makes its changes, so that the audit entries say so.</summary>
    /// <returns>The results of the batch's own commands, the first of them ready to be read.</returns>
    public static async Task<NpgsqlDataReader> ExecuteAuditedAsync(this NpgsqlBatch batch, CancellationToken cancellationToken)
    {
        batch.BatchCommands.Insert(0, new("SELECT set_config('webhooks.actor', @actor, true)")
        {
            Parameters = { new("actor", Actor.Current?.ToJson() ?? "") },
        });
        var reader = await batch.ExecuteReaderAsync(cancellationToken);
        try
        {
            await reader.NextResultAsync(cancellationToken);
        }
        catch
        {
            await reader.DisposeAsync();
            throw;
        }

        return reader;
    }
}
