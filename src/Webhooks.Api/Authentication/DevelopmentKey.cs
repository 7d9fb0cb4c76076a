using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Webhooks.Core;
using Webhooks.Core.Secrets;

namespace Webhooks.Api.Authentication;

/// <summary>A local key that signs and verifies tokens (HS256) for development and tests, where there is no OIDC authority.</summary>
public sealed class DevelopmentKey
{
    /// <summary>The issuer that its tokens name.</summary>
    public const string Issuer = "webhooks-development";

    /// <summary>The audience that its tokens name.</summary>
    public const string Audience = "webhooks";

    private const int LeastBytes = 32;

    private DevelopmentKey(byte[] key) => SecurityKey = new SymmetricSecurityKey(key);

    internal SymmetricSecurityKey SecurityKey { get; }

    /// <summary>Reads the key from its file; when there is none, makes one that only this user may read (0600).</summary>
    /// <param name="file">The path; its directories are made too.</param>
    /// <exception cref="InvalidSettingException">
    /// The file cannot be read or made, or does not hold a key of at least 256 bits as base64.
    /// </exception>
    public static DevelopmentKey LoadOrCreate(string file)
    {
        try
        {
            if (!File.Exists(file))
            {
                Create(file);
            }

            return new DevelopmentKey(Decode(file, File.ReadAllText(file)));
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw Invalid(file, $"The file cannot be read or made: {failed.Message}");
        }
    }

    /// <summary>A signed token.</summary>
    /// <param name="orgId">The organization; null for a token that publishes for any.</param>
    /// <param name="scopes">Some of <see cref="Scopes"/>.</param>
    /// <param name="lifetime">How long it is valid from now on.</param>
    /// <param name="clock">The clock; null for the system's.</param>
    public string CreateToken(Guid? orgId, IEnumerable<string> scopes, TimeSpan lifetime, TimeProvider? clock = null)
    {
        var now = (clock ?? TimeProvider.System).GetUtcNow().UtcDateTime;
        var claims = new Dictionary<string, object> { [TokenClaims.Scope] = string.Join(' ', scopes) };
        if (orgId is { } id)
        {
            claims[TokenClaims.OrgId] = id.ToString();
        }

        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = Audience,
            IssuedAt = now,
            NotBefore = now,
            Expires = now + lifetime,
            Claims = claims,
            SigningCredentials = new SigningCredentials(SecurityKey, SecurityAlgorithms.HmacSha256),
        });
    }

    /// <summary>Blocks, but only once in the life of a key: a host that starts has nothing else to do.</summary>
    private static void Create(string file)
    {
        var content = Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(LeastBytes)) + "\n");
        PrivateFile.CreateIfMissingAsync(file, content, CancellationToken.None).GetAwaiter().GetResult();
    }

    private static byte[] Decode(string file, string text)
    {
        var key = new byte[text.Length];
        return Convert.TryFromBase64String(text.Trim(), key, out var length) && length >= LeastBytes
            ? key[..length]
            : throw Invalid(
                file, $"The file does not hold a key: at least {LeastBytes} bytes as base64. Delete it, and a new one is made.");
    }

    private static InvalidSettingException Invalid(string file, string advice) =>
        new($"{AuthenticationSettings.Section}:{nameof(AuthenticationSettings.DevelopmentKeyFile)}", file, advice);
}
