using System.Net;
using System.Net.Http.Json;
using Microsoft.IdentityModel.Tokens;

namespace Webhooks.Api.Tests.Authentication;

/// <summary>An OIDC authority that answers with its discovery document and its keys.</summary>
internal sealed class FakeAuthority(string authority, params SecurityKey[] keys) : HttpMessageHandler
{
    /// <summary>Whether it answers nothing but 503.</summary>
    public bool Down { get; set; }

    /// <summary>Where it gives tokens.</summary>
    public string TokenEndpoint { get; init; } = $"{authority}/token";

    /// <summary>How often its discovery document was asked for.</summary>
    public int Discoveries { get; private set; }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        Task.FromResult(Answer(request.RequestUri!.AbsoluteUri));

    private HttpResponseMessage Answer(string url)
    {
        var isDiscovery = url.EndsWith("/.well-known/openid-configuration", StringComparison.Ordinal);
        Discoveries += isDiscovery ? 1 : 0;
        return url switch
        {
            _ when Down => new HttpResponseMessage(HttpStatusCode.ServiceUnavailable),
            _ when isDiscovery => Json(new { issuer = authority, jwks_uri = $"{authority}/keys", token_endpoint = TokenEndpoint }),
            _ when url.EndsWith("/keys", StringComparison.Ordinal) => Json(new { keys = keys.Select(Describe) }),
            _ => new HttpResponseMessage(HttpStatusCode.NotFound),
        };
    }

    private static Dictionary<string, string> Describe(SecurityKey key)
    {
        var json = JsonWebKeyConverter.ConvertFromSecurityKey(key);
        return key is RsaSecurityKey
            ? new() { ["kty"] = "RSA", ["use"] = "sig", ["kid"] = key.KeyId, ["n"] = json.N, ["e"] = json.E }
            : new() { ["kty"] = "EC", ["use"] = "sig", ["kid"] = key.KeyId, ["crv"] = json.Crv, ["x"] = json.X, ["y"] = json.Y };
    }

    private static HttpResponseMessage Json(object body) => new(HttpStatusCode.OK) { Content = JsonContent.Create(body) };
}
