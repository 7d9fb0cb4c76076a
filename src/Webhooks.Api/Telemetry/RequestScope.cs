using System.Collections;

namespace Webhooks.Api.Telemetry;

/// <summary>The scope of what is logged for a request: its id, as the field <c>request_id</c>.</summary>
/// <param name="id">The request's id.</param>
public sealed class RequestScope(string id) : IReadOnlyList<KeyValuePair<string, object?>>
{
    private const string Field = "request_id";

    /// <summary>The request's id.</summary>
    public string Id => id;

    public int Count => 1;

    public KeyValuePair<string, object?> this[int index] =>
        index == 0 ? new(Field, id) : throw new ArgumentOutOfRangeException(nameof(index));

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        yield return this[0];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => $"{Field} {id}";
}
