using System.Buffers.Text;
using System.Text.Json;
using Webhooks.Core;

namespace Webhooks.Api.Authentication;

/// <summary>
/// The claims of a token as its issuer wrote them. The library reads them generously: of a claim that is given twice it takes one, and
/// numbers it rounds. What may be understood in two ways is refused.
/// </summary>
internal static class TokenPayload
{
    private static readonly string[] _times = ["exp", "nbf", "iat"];
    private static readonly JsonDocumentOptions _strictly = new() { AllowDuplicateProperties = false };

    /// <summary>What is wrong with the claims that the API reads, without their values; null when nothing is.</summary>
    /// <param name="encoded">The token's second part, base64url.</param>
    public static string? Problem(string encoded)
    {
        try
        {
            using var payload = JsonDocument.Parse(Base64Url.DecodeFromChars(encoded), _strictly);
            return Problem(payload.RootElement);
        }
        catch (JsonException)
        {
            return "The token gives a claim twice";
        }
    }

    private static string? Problem(JsonElement claims)
    {
        if (claims.TryGetProperty(TokenClaims.OrgId, out var organization) && !IsOrganization(organization))
        {
            return $"The token's claim {TokenClaims.OrgId} is not a UUID";
        }

        var wrong = _times.FirstOrDefault(name => claims.TryGetProperty(name, out var time) && !IsTime(time));
        return wrong is null ? null : $"The token's claim {wrong} is not a whole number of seconds since 1970";
    }

    private static bool IsOrganization(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && UuidText.TryParse(value.GetString(), out var id) && id != Guid.Empty;

    private static bool IsTime(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number
        && value.TryGetInt64(out var seconds)
        && seconds >= 0
        && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds();
}
