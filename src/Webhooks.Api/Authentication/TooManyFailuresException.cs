using Microsoft.AspNetCore.Authentication;

namespace Webhooks.Api.Authentication;

/// <summary>The refusal of a token from an address that has sent too many that are not valid.</summary>
/// <param name="wait">For how long it has to wait.</param>
internal sealed class TooManyFailuresException(TimeSpan wait) : AuthenticationFailureException("Too many tokens were not valid")
{
    /// <summary>For how long the address has to wait.</summary>
    public TimeSpan Wait { get; } = wait;
}
