using Microsoft.OpenApi;
using Webhooks.Api.Requests;
using Webhooks.Core;

namespace Webhooks.Api.EventTypes;

/// <summary>Which event types to list.</summary>
/// <param name="Archived">Only those that are archived, or that are not; null for all.</param>
/// <param name="Category">Only those of a category; null for all.</param>
internal sealed record EventTypeListQuery(bool? Archived, string? Category) : IRequestQuery<EventTypeListQuery>
{
    private static readonly QueryParameter _archived = new("archived", "Only event types that are archived, or only those that are not.")
    {
        Type = JsonSchemaType.Boolean,
    };

    private static readonly QueryParameter _category = new("category", "Only event types of this category.");

    public static QueryParameters Parameters { get; } = new([_archived, _category]);

    public static EventTypeListQuery Read(QueryFields fields, WebhooksLimits limits) =>
        new(fields.Boolean(_archived), fields.Text(_category));
}
