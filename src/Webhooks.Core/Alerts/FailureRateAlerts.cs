using Npgsql;
using Webhooks.Core.Postgres;
using Webhooks.Core.Signals;

namespace Webhooks.Core.Alerts;

/// <summary>
/// The chore that judges how many attempts of each organization failed of late, and tells its webhooks with <c>alert.triggered</c> and
/// <c>alert.resolved</c>. Who changes the alert's row stores the event with it, so it is told once by whichever process is first.
/// </summary>
/// <remarks>
/// Attempts to deliver these events, and those that tell of webhooks, do not count: a receiver of alerts that fails would be the cause of
/// another.
/// </remarks>
public sealed class FailureRateAlerts(NpgsqlDataSource database, WebhooksOptions options)
{
    /// <summary>The rule's name and id, which are the same everywhere and always.</summary>
    private const string Rule = """
        jsonb_build_object('rule_id', @rule_id, 'name', 'Failed webhook attempts')
        """;

    private const string Measured = """
        jsonb_build_object(
            'value', round(@failed * 100.0 / greatest(@attempts, 1), 1), 'threshold', @threshold, 'unit', 'percent',
            'window_seconds', @window_seconds, 'attempts', @attempts, 'failed_attempts', @failed)
        """;

    private static readonly Guid _ruleId = new("6f0b7c1e-3a52-4d09-8c47-5e1f92d4a760");

    private static readonly string[] _notCounted = [.. AlertEvents.All, .. OperationalEvents.All.Select(type => type.Name)];

    /// <summary>Judges every organization that has attempts in the window, or an alert.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (options.Alerts.FailureRate == 0)
        {
            return;
        }

        foreach (var organization in await ReadAsync(cancellationToken))
        {
            var (_, attempts, failed, alertId) = organization;
            var verdict = FailureRateRule.Judge(alertId is not null, attempts, failed, options.Alerts);
            if (verdict == FailureRateVerdict.Triggered)
            {
                await TriggerAsync(organization, cancellationToken);
            }
            else if (verdict is FailureRateVerdict.Recovered or FailureRateVerdict.Quiet)
            {
                await ResolveAsync(organization, verdict, cancellationToken);
            }
        }
    }

    private async Task<IReadOnlyList<OrganizationAttempts>> ReadAsync(CancellationToken cancellationToken)
    {
        const string Sql = """
            WITH traffic AS (
                SELECT org_id, sum(attempts)::bigint AS attempts, sum(failed_attempts)::bigint AS failed
                FROM webhook_statistics
                WHERE minutes = 1 AND webhook_id = '00000000-0000-0000-0000-000000000000' AND at >= date_trunc('minute', now() - @window)
                  AND event <> ALL (@not_counted)
                GROUP BY org_id
            ), alert AS (
                SELECT org_id, id FROM webhook_alerts WHERE rule_id = @rule_id
            )
            SELECT org_id, coalesce(traffic.attempts, 0), coalesce(traffic.failed, 0), alert.id
            FROM traffic FULL JOIN alert USING (org_id)
            WHERE alert.id IS NOT NULL OR traffic.failed > 0
            """;
        await using var command = database.CreateCommand(Sql);
        command.Parameters.AddWithValue("window", options.Alerts.Window);
        command.Parameters.AddWithValue("not_counted", _notCounted);
        command.Parameters.AddWithValue("rule_id", _ruleId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadRowsAsync(
            row => new OrganizationAttempts(row.GetGuid(0), row.GetInt64(1), row.GetInt64(2), row.IsDBNull(3) ? null : row.GetGuid(3)),
            cancellationToken);
    }

    private Task TriggerAsync(OrganizationAttempts organization, CancellationToken cancellationToken)
    {
        const string Sql = $"""
            WITH alert AS (
                INSERT INTO webhook_alerts (org_id, rule_id, id) VALUES (@org_id, @rule_id, @id)
                ON CONFLICT (org_id, rule_id) DO NOTHING
                RETURNING id, triggered_at
            )
            INSERT INTO webhook_signals (webhook_id, event, org_id, data)
            SELECT @org_id, '{AlertEvents.Triggered}', @org_id, jsonb_build_object(
                'alert_id', id, 'rule', {Rule}, 'severity', 'critical', 'measured', {Measured},
                'triggered_at', webhook_time_text(triggered_at))
            FROM alert
            """;
        return ChangeAsync(Sql, organization, Guid.CreateVersion7(), [], cancellationToken);
    }

    private Task ResolveAsync(OrganizationAttempts organization, FailureRateVerdict verdict, CancellationToken cancellationToken)
    {
        const string Sql = $"""
            WITH alert AS (
                DELETE FROM webhook_alerts WHERE org_id = @org_id AND rule_id = @rule_id AND id = @id
                RETURNING id, triggered_at
            )
            INSERT INTO webhook_signals (webhook_id, event, org_id, data)
            SELECT @org_id, '{AlertEvents.Resolved}', @org_id, jsonb_build_object(
                'alert_id', id, 'rule', {Rule}, 'resolution', @resolution, 'measured', {Measured},
                'triggered_at', webhook_time_text(triggered_at), 'resolved_at', webhook_time_text(now()),
                'duration_seconds', extract(epoch FROM now() - triggered_at)::bigint)
            FROM alert
            """;
        var resolution = verdict == FailureRateVerdict.Quiet ? "quiet" : "recovered";
        return ChangeAsync(Sql, organization, organization.AlertId!.Value, [new("resolution", resolution)], cancellationToken);
    }

    private async Task ChangeAsync(
        string sql,
        OrganizationAttempts organization,
        Guid alertId,
        IReadOnlyList<NpgsqlParameter> others,
        CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.AddWithValue("org_id", organization.OrgId);
        command.Parameters.AddWithValue("rule_id", _ruleId);
        command.Parameters.AddWithValue("id", alertId);
        command.Parameters.AddWithValue("attempts", organization.Attempts);
        command.Parameters.AddWithValue("failed", organization.Failed);
        command.Parameters.AddWithValue("threshold", (decimal)options.Alerts.FailureRate * 100);
        command.Parameters.AddWithValue("window_seconds", (long)options.Alerts.Window.TotalSeconds);
        foreach (var other in others)
        {
            command.Parameters.Add(other);
        }

        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
