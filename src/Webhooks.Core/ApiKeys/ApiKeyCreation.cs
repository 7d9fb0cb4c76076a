namespace Webhooks.Core.ApiKeys;

/// <summary>What came of making a key.</summary>
public abstract record ApiKeyCreation
{
    private ApiKeyCreation()
    {
    }

    /// <summary>A key that was made.</summary>
    /// <param name="Key">The key.</param>
    /// <param name="Text">The key itself, which is known only now.</param>
    public sealed record Made(ApiKey Key, string Text) : ApiKeyCreation;

    /// <summary>An earlier request under the same Idempotency-Key has made it, and was told the key.</summary>
    /// <param name="Id">The key's id.</param>
    public sealed record MadeBefore(Guid Id) : ApiKeyCreation;

    /// <summary>What an earlier request under the same Idempotency-Key has made has been revoked since.</summary>
    public sealed record MadeAndRevoked : ApiKeyCreation;

    /// <summary>The Idempotency-Key is another request's.</summary>
    public sealed record RequestKeyReused : ApiKeyCreation;

    /// <summary>The organization has as many keys as it may have.</summary>
    public sealed record TooMany : ApiKeyCreation;

    /// <summary>The key that was to make it has been revoked in this moment.</summary>
    public sealed record MakerRevoked : ApiKeyCreation;
}
