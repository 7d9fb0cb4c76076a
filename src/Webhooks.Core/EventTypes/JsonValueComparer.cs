using System.Text.Json;

namespace Webhooks.Core.EventTypes;

/// <summary>
/// JSON values as JSON Schema compares them: numbers by what they amount to, however large, and objects whatever the order of their
/// members.
/// </summary>
/// <param name="spend">Is called for each comparison, which values of the same hash cost.</param>
internal sealed class JsonValueComparer(Action spend) : IEqualityComparer<JsonElement>
{
    public bool Equals(JsonElement x, JsonElement y)
    {
        spend();
        return JsonElement.DeepEquals(x, y);
    }

    public int GetHashCode(JsonElement obj)
    {
        switch (obj.ValueKind)
        {
            case JsonValueKind.String:
                return StringComparer.Ordinal.GetHashCode(obj.GetString()!);
            case JsonValueKind.Number:
                // Numbers that are the same are the same double, though others may be as well; one without end is beyond it.
                return obj.TryGetDouble(out var number) ? number.GetHashCode() : 0;
            case JsonValueKind.Array:
                var items = new HashCode();
                foreach (var item in obj.EnumerateArray())
                {
                    items.Add(GetHashCode(item));
                }

                return items.ToHashCode();
            case JsonValueKind.Object:
                var members = 0;
                foreach (var member in obj.EnumerateObject())
                {
                    members ^= HashCode.Combine(StringComparer.Ordinal.GetHashCode(member.Name), GetHashCode(member.Value));
                }

                return members;
            default:
                return (int)obj.ValueKind;
        }
    }
}
