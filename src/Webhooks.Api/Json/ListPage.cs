namespace Webhooks.Api.Json;

/// <summary>One page of a list, newest first where nothing else was asked for.</summary>
/// <param name="Data">The items.</param>
/// <param name="NextCursor">Send it as `cursor` for the next page; null at the end.</param>
internal sealed record ListPage<T>(IReadOnlyList<T> Data, string? NextCursor);
