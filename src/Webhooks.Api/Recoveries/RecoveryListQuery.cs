using Webhooks.Api.Requests;
using Webhooks.Core;

namespace Webhooks.Api.Recoveries;

/// <summary>Which recoveries to list.</summary>
/// <param name="Limit">How many.</param>
/// <param name="After">The id after which the page begins; null for the first page.</param>
internal sealed record RecoveryListQuery(int Limit, Guid? After) : IRequestQuery<RecoveryListQuery>
{
    public static QueryParameters Parameters { get; } = new([ListQuery.Limit, ListQuery.Cursor]);

    public static RecoveryListQuery Read(QueryFields fields, WebhooksLimits limits) =>
        new(ListQuery.ReadLimit(fields), ListQuery.ReadCursor(fields));
}
