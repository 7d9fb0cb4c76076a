using Microsoft.AspNetCore.Http;
using Webhooks.Api.OpenApi;
using Webhooks.Api.Requests;
using Webhooks.Api.Security;
using Webhooks.Core;
using Webhooks.Core.Events;
using Webhooks.Core.Organizations;
using Webhooks.Core.Webhooks;

namespace Webhooks.Api.Organizations;

/// <summary>What to change of an organization.</summary>
internal sealed record UpdateOrganizationBody(OrganizationChanges Changes) : IRequestBody<UpdateOrganizationBody>
{
    /// <summary>Characters in a name.</summary>
    public const int MostNameCharacters = 200;

    /// <summary>The highest limit of webhooks.</summary>
    public const int MostWebhooks = 1_000_000;

    /// <summary>The lowest limit of events a second.</summary>
    public const double LeastPerSecond = 0.01;

    /// <summary>The highest limit of events a second.</summary>
    public const double MostPerSecond = 10_000;

    /// <summary>The highest burst of events.</summary>
    public const int MostBurst = 1_000_000;

    /// <summary>Origins that may show the portal.</summary>
    public const int MostFrameAncestors = 20;

    /// <summary>Characters in an origin, or in another URL.</summary>
    public const int MostUrlCharacters = 2048;

    public static RequestDescription Description => RequestDescription.UpdateOrganization;

    public static int MostBytes(WebhooksLimits limits) => limits.RequestBytes;

    public static UpdateOrganizationBody? Read(ReadOnlyMemory<byte> utf8Json, HttpContext context, FieldErrors errors)
    {
        var fields = JsonFields.Of(utf8Json, errors);
        var name = fields.TextOrNull("name", MostNameCharacters);
        var changes = new OrganizationChanges(
            name is null ? null : new NewValue<string?>(name.Length > 0 ? name : null),
            fields.WholeNumberOrNull("max_webhooks", least: 0, MostWebhooks),
            fields.ObjectOrNull("publish_rate", ReadRate),
            ReadFrameAncestors(fields, errors),
            ReadRefreshUrl(fields, errors));
        fields.RefuseOthers();
        return errors.Count == 0 ? new UpdateOrganizationBody(changes) : null;
    }

    private static PublishRate ReadRate(JsonFields fields)
    {
        fields.Require("per_second");
        fields.Require("burst");
        return new PublishRate(
            fields.Number("per_second", LeastPerSecond, MostPerSecond) ?? 0, fields.WholeNumber("burst", least: 1, MostBurst) ?? 0);
    }

    private static string[]? ReadFrameAncestors(JsonFields fields, FieldErrors errors)
    {
        const string Field = "frame_ancestors";
        if (fields.Texts(Field) is not { } origins)
        {
            return null;
        }

        if (origins.Count > MostFrameAncestors)
        {
            errors.Add(Field, $"It has {origins.Count} origins; it may have {MostFrameAncestors}.");
        }

        foreach (var (path, text) in origins)
        {
            if (text.Length > MostUrlCharacters || !WebOrigin.Is(text))
            {
                errors.Add(path, $"It is not an origin. {WebOrigin.Advice}");
            }
        }

        return [.. origins.Select(origin => origin.Text).Distinct(StringComparer.Ordinal)];
    }

    private static NewValue<string?>? ReadRefreshUrl(JsonFields fields, FieldErrors errors)
    {
        const string Field = "refresh_url";
        switch (fields.TextOrNull(Field, MostUrlCharacters))
        {
            case null:
                return null;
            case "":
                return new NewValue<string?>(null);
            case var text when Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "https" or "http":
                return new NewValue<string?>(url.AbsoluteUri);
            default:
                errors.Add(Field, "It must be an http or https address, as in https://app.example.com/webhooks.");
                return null;
        }
    }
}
