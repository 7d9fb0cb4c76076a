using System.Net;
using System.Net.Http.Json;
using Microsoft.IdentityModel.Tokens;

namespace Webhooks.Api.Tests.Authentication;

/// <summary>Answers with the discovery document and the keys of an OIDC authority.</summary>
internal sealed class FakeAuthority(string authority, params SecurityKey[] keys) : HttpMessageHandler
{
    /// <summary>Whether it answers nothing but 503.</summary>
    public bool Down { get; init; }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        Task.FromResult(Answer(request.RequestUri!.AbsoluteUri));

    private HttpResponseMessage Answer(string url) => url switch
    {
        _ when Down => new HttpResponseMessage(HttpStatusCode.ServiceUnavailable),
        _ when url.EndsWith("/.well-known/openid-configuration", StringComparison.Ordinal) => Json(
            new { issuer = authority, jwks_uri = $"{authority}/keys" }),
        _ when url.EndsWith("/keys", StringComparison.Ordinal) => Json(new { keys = keys.Select(Describe) }),
        _ => new HttpResponseMessage(HttpStatusCode.NotFound),
    };

    private static Dictionary<string, string> Describe(SecurityKey key)
    {
        var json = JsonWebKeyConverter.ConvertFromSecurityKey(key);
        return key is RsaSecurityKey
            ? new() { ["kty"] = "RSA", ["use"] = "sig", ["kid"] = key.KeyId, ["n"] = json.N, ["e"] = json.E }
            : new() { ["kty"] = "EC", ["use"] = "sig", ["kid"] = key.KeyId, ["crv"] = json.Crv, ["x"] = json.X, ["y"] = json.Y };
    }

    private static HttpResponseMessage Json(object body) => new(HttpStatusCode.OK) { Content = JsonContent.Create(body) };
}
