using Microsoft.OpenApi;

namespace Webhooks.Api.Requests;

/// <summary>The query parameters that every list has.</summary>
internal static class ListQuery
{
    private const int DefaultLimit = 50;

    public static readonly QueryParameter Limit = new("limit", "The most items in one page.")
    {
        Type = JsonSchemaType.Integer,
        Least = 1,
        Most = 100,
        Default = DefaultLimit,
    };

    public static readonly QueryParameter Cursor = new(
        "cursor", "The `next_cursor` of the page before; left out (or empty) for the first page.");

    /// <summary>How many items the page may have.</summary>
    public static int ReadLimit(QueryFields query) => query.WholeNumber(Limit) ?? DefaultLimit;

    /// <summary>The id after which the page begins; null for the first page.</summary>
    public static Guid? ReadCursor(QueryFields query) => query.Cursor(Cursor);
}
