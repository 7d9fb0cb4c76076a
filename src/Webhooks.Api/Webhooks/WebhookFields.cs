using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Webhooks.Api.EventTypes;
using Webhooks.Api.Requests;
using Webhooks.Core;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Events;
using Webhooks.Core.EventTypes;
using Webhooks.Core.Filters;
using Webhooks.Core.Transforms;
using Webhooks.Core.Webhooks;

namespace Webhooks.Api.Webhooks;

/// <summary>The fields of a webhook in a request, read and checked; the errors get what is wrong with them.</summary>
internal sealed class WebhookFields(JsonFields fields, WebhooksOptions options, EventCatalog types, FieldErrors errors)
{
    private const string Mode = "mode";
    private const string Url = "url";
    private const string Events = "events";
    private const string Active = "active";
    private const string Description = "description";
    private const string RetryDelays = "retry_delays";
    private const string TimeoutSeconds = "timeout_seconds";
    private const string KeepSkipped = "keep_skipped";
    private const string FilterField = "filter";
    private const string Transform = "transform";
    private const string Format = "payload_format";
    private const string Headers = "headers";
    private const string Metadata = "metadata";

    /// <summary>The most bytes of a body: a transform may have most of its characters escaped.</summary>
    public static int MostBytes(WebhooksLimits limits) => limits.RequestBytes + 2 * TransformLimits.SourceCharacters;

    /// <summary>The fields of a body.</summary>
    public static WebhookFields From(ReadOnlyMemory<byte> utf8Json, HttpContext context, FieldErrors errors) =>
        new(
            new JsonFields(JsonBody.ParseObject(utf8Json.Span), errors),
            context.RequestServices.GetRequiredService<WebhooksOptions>(),
            context.EventTypes(),
            errors);

    /// <summary>The webhook to create; null when there are errors.</summary>
    public NewWebhook? ToNewWebhook()
    {
        var changes = Read();
        var mode = changes.Mode ?? WebhookMode.Push;
        if (mode == WebhookMode.Push)
        {
            fields.Require(Url);
        }

        fields.Require(Events);
        return errors.Count > 0
            ? null
            : new NewWebhook(
                changes.Url,
                changes.Events!,
                changes.Active ?? true,
                changes.Description,
                changes.RetryDelays?.Value,
                changes.TimeoutSeconds?.Value,
                changes.KeepSkipped ?? true,
                changes.Filter?.Value,
                changes.PayloadFormat ?? PayloadFormat.Standard,
                changes.Headers?.Value,
                changes.Metadata?.Value,
                changes.Transform?.Value,
                mode);
    }

    /// <summary>What to change of a webhook; null when there are errors.</summary>
    public WebhookChanges? ToChanges()
    {
        var changes = Read();
        return errors.Count > 0 ? null : changes;
    }

    /// <summary>What is wrong with changes for a certain webhook; null when nothing is.</summary>
    public static FieldErrors? Problem(Webhook webhook, WebhookChanges changes)
    {
        var errors = new FieldErrors();
        switch (changes.Mode ?? webhook.Mode)
        {
            case WebhookMode.Pull when changes.Url is not null:
                errors.Add(Url, "The webhook's mode is pull, so it has no URL. To have deliveries posted, set mode to push with it.");
                break;
            case WebhookMode.Push when changes.Url is null && webhook.Url is null:
                errors.Add(Url, "It is missing. The webhook has been pulled from: say where deliveries are to be posted.");
                break;
        }

        return errors.Count > 0 ? errors : null;
    }

    private WebhookChanges Read()
    {
        var mode = fields.Choice(Mode, WebhookMode.All);
        var changes = new WebhookChanges(
            ReadUrl(mode),
            ReadEvents(),
            fields.Boolean(Active),
            fields.TextOrNull(Description, options.Limits.DescriptionLength),
            ReadRetryDelays(),
            fields.WholeNumberOrNull(TimeoutSeconds, 1, WebhookSchedule.LongestTimeout),
            fields.Boolean(KeepSkipped),
            ReadFilter(),
            fields.Choice(Format, PayloadFormat.All),
            ReadHeaders(),
            ReadMetadata(),
            ReadTransform(),
            mode);
        fields.RefuseOthers();
        return changes;
    }

    private string? ReadUrl(string? mode)
    {
        var url = fields.TextOrNull(Url);
        if (url is null || (mode == WebhookMode.Pull && url.Length == 0))
        {
            return null;
        }

        if (mode == WebhookMode.Pull)
        {
            errors.Add(Url, "A webhook whose mode is pull has no URL: its receiver fetches deliveries. Leave it out.");
            return null;
        }

        if (WebhookUrl.Problem(url, options, out var stored) is { } problem)
        {
            errors.Add(Url, problem);
        }

        return stored;
    }

    private string[]? ReadEvents()
    {
        if (fields.Texts(Events) is not { } names)
        {
            return null;
        }

        foreach (var (path, name) in names)
        {
            if (EventNames.ListedProblem(name, types) is { } problem)
            {
                errors.Add(path, problem);
            }
        }

        CheckCount(names.Count);
        return [.. names.Select(item => item.Text).Distinct(StringComparer.Ordinal)];
    }

    private void CheckCount(int count)
    {
        if (count == 0)
        {
            errors.Add(Events, "It is empty. Name at least one event type, user.* for those of a kind, or * for all.");
        }
        else if (count > options.Limits.EventsPerWebhook)
        {
            errors.Add(
                Events,
                $"It names {count} event types; a webhook may have {options.Limits.EventsPerWebhook}. Write user.* for those of a kind, or "
                + "* for all.");
        }
    }

    private NewValue<Filter?>? ReadFilter() => fields.Value(FilterField) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Null } => new NewValue<Filter?>(null),
        { } pattern => FilterCompiler.Compile(pattern, FilterField, errors) is { } filter ? new NewValue<Filter?>(filter) : null,
    };

    private NewValue<string?>? ReadTransform()
    {
        switch (fields.TextOrNull(Transform, TransformLimits.SourceCharacters))
        {
            case null:
                return null;
            case "":
                return new NewValue<string?>(null);
            case var source:
                if (TransformCompiler.Compile(source, out var error) is null)
                {
                    errors.Add(Transform, error!.Text);
                }

                return new NewValue<string?>(source);
        }
    }

    private NewValue<IReadOnlyDictionary<string, string>?>? ReadHeaders()
    {
        var headers = fields.PairsOrNull(Headers);
        if (headers?.Value is { } pairs)
        {
            CheckCount(Headers, pairs, RequestHeaders.Most);
            foreach (var (name, value) in pairs)
            {
                if ((RequestHeaders.NameProblem(name) ?? RequestHeaders.ValueProblem(value)) is { } problem)
                {
                    errors.Add($"{Headers}.{Excerpt.Of(name)}", problem);
                }
            }

            if (pairs.Sum(pair => pair.Key.Length + pair.Value.Length) > RequestHeaders.MostCharacters)
            {
                errors.Add(Headers, $"Names and values may have {RequestHeaders.MostCharacters} characters together.");
            }

            foreach (var twice in pairs.Keys.GroupBy(name => name, StringComparer.OrdinalIgnoreCase).Where(same => same.Count() > 1))
            {
                errors.Add($"{Headers}.{Excerpt.Of(twice.Last())}", "It is given twice: the case of letters makes no difference.");
            }
        }

        return headers;
    }

    private NewValue<IReadOnlyDictionary<string, string>?>? ReadMetadata()
    {
        var metadata = fields.PairsOrNull(Metadata);
        if (metadata?.Value is { } pairs)
        {
            CheckCount(Metadata, pairs, WebhookMetadata.Most);
            foreach (var (key, value) in pairs)
            {
                if (key.Length is 0 or > WebhookMetadata.MostKeyCharacters || value.Length > WebhookMetadata.MostValueCharacters)
                {
                    errors.Add(
                        $"{Metadata}.{Excerpt.Of(key)}",
                        $"A key has 1 to {WebhookMetadata.MostKeyCharacters} characters, a value at most "
                        + $"{WebhookMetadata.MostValueCharacters}.");
                }
                else if (key.Contains('\0', StringComparison.Ordinal) || value.Contains('\0', StringComparison.Ordinal))
                {
                    errors.Add($"{Metadata}.{Excerpt.Of(key)}", "It must not contain the character U+0000.");
                }
            }
        }

        return metadata;
    }

    private void CheckCount(string field, IReadOnlyDictionary<string, string> pairs, int most)
    {
        if (pairs.Count > most)
        {
            errors.Add(field, $"It has {pairs.Count} pairs; it may have {most}.");
        }
    }

    private NewValue<IReadOnlyList<int>?>? ReadRetryDelays()
    {
        var delays = fields.WholeNumbersOrNull(RetryDelays, 1, WebhookSchedule.LongestDelay);
        if (delays?.Value is { } seconds)
        {
            CheckDelays(seconds);
        }

        return delays;
    }

    private void CheckDelays(IReadOnlyList<int> seconds)
    {
        if (seconds.Count > WebhookSchedule.MostDelays)
        {
            errors.Add(RetryDelays, $"It has {seconds.Count} waits; it may have {WebhookSchedule.MostDelays}.");
        }
        else if (seconds.Sum(second => (long)second) is var sum && sum > options.LongestRetrying.TotalSeconds)
        {
            errors.Add(
                RetryDelays,
                $"The waits add up to {sum} s; they may add up to {(long)options.LongestRetrying.TotalSeconds} s, because deliveries are "
                + $"kept for {options.DeliveryRetention.TotalDays:0.##} days, and the last attempt has to come a week before that.");
        }
    }
}
