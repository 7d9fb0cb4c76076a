using Microsoft.OpenApi;
using Webhooks.Api.Requests;
using Webhooks.Core;

namespace Webhooks.Api.SentRequests;

/// <summary>Which attempt's request to show.</summary>
/// <param name="Attempt">1 for the first; null for the last.</param>
internal sealed record SentRequestQuery(int? Attempt) : IRequestQuery<SentRequestQuery>
{
    private static readonly QueryParameter _attempt = new("attempt", "Which attempt's; the last one's when it is left out.")
    {
        Type = JsonSchemaType.Integer,
        Least = 1,
        Most = int.MaxValue,
    };

    public static QueryParameters Parameters { get; } = new([_attempt]);

    public static SentRequestQuery Read(QueryFields fields, WebhooksLimits limits) => new(fields.WholeNumber(_attempt));
}
