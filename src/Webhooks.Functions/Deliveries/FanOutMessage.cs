using System.Text.Json;
using System.Text.Json.Serialization;

namespace Webhooks.Functions.Deliveries;

/// <summary>A message on <see cref="QueueNames.Deliveries"/>: deliveries to start, as <c>{"deliveries":["…"]}</c>.</summary>
/// <param name="Deliveries">Their ids.</param>
internal sealed record FanOutMessage([property: JsonPropertyName("deliveries"), JsonRequired] IReadOnlyList<Guid> Deliveries)
{
    /// <summary>
    /// Each message costs three storage requests, shared by its deliveries; a message that fails is repeated as a whole. So: enough to make
    /// the share small, few enough to start within seconds. About 1.3 KB.
    /// </summary>
    public const int MaxDeliveries = 32;

    /// <summary>The messages for any number of deliveries.</summary>
    public static string[] For(IEnumerable<Guid> deliveries) =>
        [.. deliveries.Chunk(MaxDeliveries).Select(chunk => JsonSerializer.Serialize(new FanOutMessage(chunk)))];

    /// <summary>Reads a message; null when it is none.</summary>
    public static FanOutMessage? Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<FanOutMessage>(text) is { Deliveries: not null } message ? message : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
