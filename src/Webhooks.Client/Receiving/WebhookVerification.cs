namespace Webhooks.Client.Receiving;

/// <summary>The outcome of verifying a request. Answer everything but <see cref="Valid"/> with 401 and do nothing else.</summary>
public enum WebhookVerification
{
    /// <summary>A recent request from somebody who knows the secret.</summary>
    Valid,

    /// <summary>One of the three headers is missing or empty.</summary>
    HeaderMissing,

    /// <summary>The timestamp is no number of seconds.</summary>
    TimestampInvalid,

    /// <summary>
    /// The timestamp is too far in the past (perhaps someone replays an old request) or in the future. Check this machine's clock.
    /// </summary>
    TimestampOutOfTolerance,

    /// <summary>No signature was made with one of the secrets from this body, id and timestamp.</summary>
    SignatureInvalid,
}
