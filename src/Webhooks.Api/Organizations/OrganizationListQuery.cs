using Webhooks.Api.Requests;
using Webhooks.Core;

namespace Webhooks.Api.Organizations;

/// <summary>Which organizations to list.</summary>
/// <param name="Name">A text that their names contain; null for all.</param>
/// <param name="Limit">How many.</param>
/// <param name="After">The id after which the page begins; null for the first page.</param>
internal sealed record OrganizationListQuery(string? Name, int Limit, Guid? After) : IRequestQuery<OrganizationListQuery>
{
    private static readonly QueryParameter _name = new("name", "Only organizations whose name contains this text, whatever its case.");

    public static QueryParameters Parameters { get; } = new([_name, ListQuery.Limit, ListQuery.Cursor]);

    public static OrganizationListQuery Read(QueryFields fields, WebhooksLimits limits) =>
        new(fields.Text(_name), ListQuery.ReadLimit(fields), ListQuery.ReadCursor(fields));
}
