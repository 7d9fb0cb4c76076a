using Microsoft.AspNetCore.Http;
using Webhooks.Api.OpenApi;
using Webhooks.Api.Requests;
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

    public static RequestDescription Description => RequestDescription.UpdateOrganization;

    public static int MostBytes(WebhooksLimits limits) => limits.RequestBytes;

    public static UpdateOrganizationBody? Read(ReadOnlyMemory<byte> utf8Json, HttpContext context, FieldErrors errors)
    {
        var fields = JsonFields.Of(utf8Json, errors);
        var name = fields.TextOrNull("name", MostNameCharacters);
        var changes = new OrganizationChanges(
            name is null ? null : new NewValue<string?>(name.Length > 0 ? name : null),
            fields.WholeNumberOrNull("max_webhooks", least: 0, MostWebhooks),
            fields.ObjectOrNull("publish_rate", ReadRate));
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
}
