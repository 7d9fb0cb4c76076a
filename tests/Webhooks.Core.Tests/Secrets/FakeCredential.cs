using System.Collections.Concurrent;
using Azure.Core;

namespace Webhooks.Core.Tests.Secrets;

/// <summary>An Azure identity that always gets the same token, and remembers what it was asked for.</summary>
internal sealed class FakeCredential(string token = FakeCredential.Token) : TokenCredential
{
    public const string Token = "token-of-the-test";

    public ConcurrentQueue<TokenRequestContext> Asked { get; } = new();

    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        Asked.Enqueue(requestContext);
        return new AccessToken(token, DateTimeOffset.UtcNow.AddHours(1));
    }

    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        ValueTask.FromResult(GetToken(requestContext, cancellationToken));
}
