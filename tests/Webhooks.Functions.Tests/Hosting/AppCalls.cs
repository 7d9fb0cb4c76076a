using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Npgsql;
using Webhooks.Functions.Deliveries;
using Webhooks.Functions.Maintenance;

namespace Webhooks.Functions.Tests.Hosting;

/// <summary>What many tests begin or end with.</summary>
public static class AppCalls
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Creates a webhook for every event through the HTTP function.</summary>
    /// <returns>Its id.</returns>
    public static async Task<Guid> AddWebhookAsync(this FunctionsApp app, Guid organization, string url = "http://127.0.0.1:9000/hook")
    {
        using var client = app.For(organization);
        using var response = await client.PostAsJsonAsync("/api/v1/webhooks", new { url, events = new[] { "*" } }, Cancel);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("id").GetGuid();
    }

    /// <summary>Changes a webhook through the HTTP function.</summary>
    public static async Task ChangeWebhookAsync(this FunctionsApp app, Guid organization, Guid webhook, object changes)
    {
        using var client = app.For(organization);
        using var response = await client.PatchAsJsonAsync($"/api/v1/webhooks/{webhook}", changes, Cancel);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    /// <summary>Publishes an event over HTTP.</summary>
    /// <returns>The ids of its deliveries.</returns>
    public static async Task<IReadOnlyList<Guid>> PublishAsync(this FunctionsApp app, Guid organization)
    {
        using var client = app.For(organization);
        using var response = await client.PostAsJsonAsync(
            "/api/v1/events", new { @event = "user.created", data = new { id = "usr_1" } }, Cancel);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var id = (await response.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("id").GetGuid();
        return await app.QueryAsync<Guid>("SELECT id FROM webhook_deliveries WHERE event_id = $1 ORDER BY id", id);
    }

    /// <summary>An event message as publishers put it on the queue.</summary>
    public static string EventMessage(Guid organization, string? key = null) => JsonSerializer.Serialize(
        key is null
            ? new { org_id = organization, @event = "user.created", data = new { id = "usr_1" } }
            : (object)new { org_id = organization, @event = "user.created", data = new { id = "usr_1" }, id = key });

    /// <summary>Runs the activity once.</summary>
    public static Task<AttemptResult> AttemptAsync(this FunctionsApp app, Guid delivery) =>
        app.Function<AttemptDelivery>().RunAsync(new DeliveryInput(delivery), Cancel);

    /// <summary>Runs the timer's function once.</summary>
    /// <param name="last">When it ran before, as the schedule's memory has it.</param>
    public static Task RunMaintenanceAsync(this FunctionsApp app, DateTime? last = null)
    {
        var timer = new TimerInfo { ScheduleStatus = last is { } time ? new ScheduleStatus { Last = time } : null };
        return app.Function<MaintenanceFunction>().RunAsync(timer, app.Orchestrations, Cancel);
    }

    /// <summary>The first column of every row.</summary>
    public static async Task<IReadOnlyList<T>> QueryAsync<T>(this FunctionsApp app, string sql, params object[] parameters)
    {
        await using var command = app.Database.DataSource.CreateCommand(sql);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        }

        await using var reader = await command.ExecuteReaderAsync(Cancel);
        var rows = new List<T>();
        while (await reader.ReadAsync(Cancel))
        {
            rows.Add(await reader.GetFieldValueAsync<T>(0, Cancel));
        }

        return rows;
    }

    public static async Task<int> ExecuteAsync(this FunctionsApp app, string sql, params object[] parameters)
    {
        await using var command = app.Database.DataSource.CreateCommand(sql);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        }

        return await command.ExecuteNonQueryAsync(Cancel);
    }

    /// <summary>The ids of orchestrations that were started, in no particular order.</summary>
    public static IReadOnlyList<Guid> StartedIds(this FunctionsApp app) =>
        [.. app.Orchestrations.Starts.Select(start => Guid.Parse(start.InstanceId, CultureInfo.InvariantCulture)).Order()];
}
