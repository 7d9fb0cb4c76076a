using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Webhooks.Api.Authentication;

namespace Webhooks.Api.Tests.Authentication;

/// <summary>Tokens as an issuer of ours, or somebody else, could make them.</summary>
internal static class Tokens
{
    /// <summary>What a good token says; tests change one thing.</summary>
    public static SecurityTokenDescriptor Good(DevelopmentKey key) => new()
    {
        Issuer = DevelopmentKey.Issuer,
        Audience = DevelopmentKey.Audience,
        IssuedAt = DateTime.UtcNow.AddHours(-2),
        NotBefore = DateTime.UtcNow.AddHours(-2),
        Expires = DateTime.UtcNow.AddHours(1),
        Claims = new Dictionary<string, object>
        {
            ["org_id"] = Guid.NewGuid().ToString(),
            ["scope"] = string.Join(' ', Scopes.All.Except([Scopes.Admin])),
        },
        SigningCredentials = new SigningCredentials(key.SecurityKey, SecurityAlgorithms.HmacSha256),
    };

    public static string Write(SecurityTokenDescriptor descriptor) =>
        new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(descriptor);

    /// <summary>A token with one thing changed.</summary>
    public static string Good(DevelopmentKey key, Action<SecurityTokenDescriptor> change)
    {
        var descriptor = Good(key);
        change(descriptor);
        return Write(descriptor);
    }

    /// <summary>A token, rightly signed, whose claims are this text and an issuer, an audience and a scope.</summary>
    public static string Raw(DevelopmentKey key, string claims)
    {
        var header = Base64UrlEncoder.Encode("""{"alg":"HS256","typ":"JWT"}""");
        var payload = Base64UrlEncoder.Encode(
            $$"""
            {"iss":"{{DevelopmentKey.Issuer}}","aud":"{{DevelopmentKey.Audience}}","scope":"{{Scopes.ReadWebhooks}}",{{claims}}}
            """);
        var signature = HMACSHA256.HashData(key.SecurityKey.Key, Encoding.ASCII.GetBytes($"{header}.{payload}"));
        return $"{header}.{payload}.{Base64UrlEncoder.Encode(signature)}";
    }
}
