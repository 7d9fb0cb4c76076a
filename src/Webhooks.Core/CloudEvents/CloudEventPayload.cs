using System.Text.Json;

namespace Webhooks.Core.CloudEvents;

/// <summary>Stored payloads in the form of CloudEvents 1.0, as <c>webhook_payload</c> makes them.</summary>
internal static class CloudEventPayload
{
    public const string ContentType = "application/cloudevents+json";

    /// <summary>
    /// Whether a payload is one, which it is for good: its webhook may have another form by now. PostgreSQL prints short names first, so
    /// its first member is <c>id</c>; that of a standard payload is <c>data</c>.
    /// </summary>
    /// <param name="payload">As PostgreSQL prints it.</param>
    public static bool IsOne(ReadOnlySpan<byte> payload) => payload.StartsWith("{\"id\": "u8);

    /// <summary>The same of a body; one that a transform made is one when it has the member that every CloudEvent has.</summary>
    public static bool IsOne(ReadOnlySpan<byte> body, bool transformed) => transformed ? HasVersion(body) : IsOne(body);

    private static bool HasVersion(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("specversion"u8))
            {
                return true;
            }

            reader.Read();
            reader.Skip();
        }

        return false;
    }
}
