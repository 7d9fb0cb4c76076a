namespace Webhooks.Api.Authentication;

/// <summary>The authority's keys have never been read, so no token can be judged.</summary>
/// <param name="inner">Why they cannot be read now.</param>
internal sealed class AuthorityUnavailableException(Exception inner)
    : Exception("The token authority's configuration cannot be read.", inner);
