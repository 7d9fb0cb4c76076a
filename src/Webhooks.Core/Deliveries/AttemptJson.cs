using System.Text.Json;
using System.Text.Json.Serialization;

namespace Webhooks.Core.Deliveries;

/// <summary>The JSON in the column <c>attempts</c>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(RecordedAttempt))]
[JsonSerializable(typeof(RecordedAttempt[]))]
internal sealed partial class AttemptJson : JsonSerializerContext
{
    /// <summary>The object that is appended to the column.</summary>
    public static string Write(RecordedAttempt attempt) => JsonSerializer.Serialize(attempt, Default.RecordedAttempt);

    /// <summary>All of the column, oldest first.</summary>
    public static IReadOnlyList<RecordedAttempt> ReadAll(string json) =>
        JsonSerializer.Deserialize(json, Default.RecordedAttemptArray) ?? [];
}
