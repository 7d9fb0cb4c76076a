using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Webhooks.Api.EventTypes;
using Webhooks.Api.OpenApi;
using Webhooks.Api.Requests;
using Webhooks.Core;
using Webhooks.Core.Events;
using Webhooks.Core.Recoveries;

namespace Webhooks.Api.Recoveries;

/// <summary>What to recover.</summary>
/// <param name="Recovery">The recovery.</param>
/// <param name="DryRun">Whether only to count.</param>
internal sealed record CreateRecoveryBody(NewRecovery Recovery, bool DryRun) : IRequestBody<CreateRecoveryBody>
{
    /// <summary>The most redeliveries a second that may be asked for.</summary>
    public const int MostRate = 10_000;

    private const string FromField = "from";
    private const string ToField = "to";
    private const string StatusesField = "statuses";
    private const string EventsField = "events";
    private const string ResponseStatusField = "response_status";
    private const string RateField = "rate";
    private const string DryRunField = "dry_run";

    /// <summary>By how much a caller's clock may be ahead of ours.</summary>
    private static readonly TimeSpan _clockSlack = TimeSpan.FromMinutes(1);

    public static RequestDescription Description => RequestDescription.CreateRecovery;

    public static int MostBytes(WebhooksLimits limits) => limits.RequestBytes;

    public static CreateRecoveryBody? Read(ReadOnlyMemory<byte> utf8Json, HttpContext context, FieldErrors errors)
    {
        var fields = JsonFields.Of(utf8Json, errors);
        fields.Require(FromField);
        fields.Require(ToField);
        fields.Require(StatusesField);
        var (from, to) = ReadWindow(fields, context.RequestServices, errors);
        var statuses = ReadNames(fields, StatusesField, StatusProblem, errors);
        var events = ReadNames(fields, EventsField, name => EventNames.Problem(name, context.EventTypes()), errors);
        var responseStatus = fields.WholeNumber(ResponseStatusField, least: 100, most: 599);
        var rate = fields.WholeNumber(RateField, least: 1, MostRate);
        var dryRun = fields.Boolean(DryRunField) ?? false;
        fields.RefuseOthers();
        return errors.Count > 0
            ? null
            : new CreateRecoveryBody(new NewRecovery(new RecoveryScope(from, to, statuses!, events, responseStatus), rate), dryRun);
    }

    private static (DateTimeOffset From, DateTimeOffset To) ReadWindow(JsonFields fields, IServiceProvider services, FieldErrors errors)
    {
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        var retention = services.GetRequiredService<WebhooksOptions>().DeliveryRetention;
        var from = fields.Time(FromField);
        var to = fields.Time(ToField);
        if (to > now + _clockSlack)
        {
            errors.Add(ToField, "It must not be in the future: what is delivered from now on needs no recovery.");
        }

        if (from >= to)
        {
            errors.Add(FromField, "It must be before to.");
        }
        else if (from < now - retention)
        {
            errors.Add(
                FromField,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Deliveries are kept for {retention.TotalDays:0.##} days: not before {EventTimestamp.Format(now - retention)}."));
        }

        return (from.GetValueOrDefault(), to < now ? to.Value : now);
    }

    /// <returns>The names, each once; null when they are left out.</returns>
    private static string[]? ReadNames(JsonFields fields, string field, Func<string, string?> problemOf, FieldErrors errors)
    {
        if (fields.Texts(field) is not { } names)
        {
            return null;
        }

        if (names.Count == 0)
        {
            errors.Add(field, "It must not be empty.");
        }

        foreach (var (path, name) in names)
        {
            if (problemOf(name) is { } problem)
            {
                errors.Add(path, problem);
            }
        }

        return [.. names.Select(name => name.Text).Distinct(StringComparer.Ordinal)];
    }

    private static string? StatusProblem(string status) => RecoveryScope.Recoverable.Contains(status)
        ? null
        : $"It must be one of {string.Join(", ", RecoveryScope.Recoverable)}.";
}
