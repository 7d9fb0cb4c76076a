using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Webhooks.Api.Problems;
using Webhooks.Core.Events;

namespace Webhooks.Api.Requests;

/// <summary>The lists of entity tags in the headers of conditional requests (RFC 9110, section 13.1).</summary>
internal static class EntityTags
{
    /// <summary>The tags of a header; null when there is no such header.</summary>
    /// <returns>Either <see cref="EntityTagHeaderValue.Any"/> alone, or tags, of which some may be weak.</returns>
    /// <exception cref="InvalidRequestException">The header cannot be understood.</exception>
    public static IReadOnlyList<EntityTagHeaderValue>? Read(HttpContext context, string header)
    {
        if (!context.Request.Headers.TryGetValue(header, out var values))
        {
            return null;
        }

        if (EntityTagHeaderValue.TryParseStrictList([.. values.OfType<string>()], out var tags)
            && tags.Count > 0 && (tags.Count == 1 || !tags.Contains(EntityTagHeaderValue.Any)))
        {
            return [.. tags];
        }

        var errors = new FieldErrors();
        errors.Add(header, "It must be *, or entity tags in double quotes, separated by commas: what an answer had as its ETag.");
        throw new InvalidRequestException(errors);
    }

    /// <summary>Whether a header names anything that there is.</summary>
    public static bool IsAny(this IReadOnlyList<EntityTagHeaderValue> tags) => tags is [var tag] && tag.Equals(EntityTagHeaderValue.Any);
}
