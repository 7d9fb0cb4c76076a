using Webhooks.Api.Authentication;

namespace Webhooks.Server;

/// <summary>The maker of tokens where a development key stands in for an OIDC authority.</summary>
internal sealed class DevelopmentTokens
{
    /// <summary>The configuration path of the key's file.</summary>
    public const string KeyFilePath = "Webhooks:Auth:DevelopmentKeyFile";

    private readonly DevelopmentKey _key;

    private DevelopmentTokens(DevelopmentKey key) => _key = key;

    /// <summary>All that a token of one organization can allow.</summary>
    public static IReadOnlyList<string> OrganizationScopes { get; } =
        [Scopes.ReadWebhooks, Scopes.WriteWebhooks, Scopes.PullDeliveries, Scopes.PublishEvents];

    /// <summary>Whether a scope is of use without an organization.</summary>
    public static bool IsForAnyOrganization(string scope) => scope is Scopes.PublishEventsForAny or Scopes.Admin;

    /// <summary>Reads the key, which is made when it is missing; null when none is configured.</summary>
    /// <exception cref="Webhooks.Core.InvalidSettingException">The key cannot be used.</exception>
    public static DevelopmentTokens? From(IConfiguration configuration) =>
        configuration[KeyFilePath] is { } file ? new DevelopmentTokens(DevelopmentKey.LoadOrCreate(file)) : null;

    /// <summary>A signed token.</summary>
    /// <param name="organization">The organization; null for none.</param>
    /// <param name="scopes">What it allows.</param>
    /// <param name="lifetime">How long it is valid from now on.</param>
    public string Create(Guid? organization, IReadOnlyList<string> scopes, TimeSpan lifetime) =>
        _key.CreateToken(organization, scopes, lifetime);
}
