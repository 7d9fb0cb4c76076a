using Webhooks.Core;

namespace Webhooks.Api.Requests;

/// <summary>The query of a list that has no filters.</summary>
/// <param name="Limit">How many to list.</param>
/// <param name="After">The id after which the page begins; null for the first page.</param>
internal sealed record PageQuery(int Limit, Guid? After) : IRequestQuery<PageQuery>
{
    public static QueryParameters Parameters { get; } = new([ListQuery.Limit, ListQuery.Cursor]);

    public static PageQuery Read(QueryFields fields, WebhooksLimits limits) =>
        new(ListQuery.ReadLimit(fields), ListQuery.ReadCursor(fields));
}
