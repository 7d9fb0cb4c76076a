using Microsoft.Extensions.Configuration;
using Webhooks.Core;

namespace Webhooks.Api.Authentication;

/// <summary>
/// Who issues the tokens that the API accepts (<c>Webhooks__Auth__Name</c>): an OIDC authority, or a local key for development.
/// </summary>
/// <param name="Authority">The https address of the authority; its keys come from its discovery document.</param>
/// <param name="Audience">What the tokens must name as their audience; goes with the authority.</param>
/// <param name="DevelopmentKeyFile">The path of the local key, which is made when it is missing.</param>
internal sealed record AuthenticationSettings(Uri? Authority, string? Audience, string? DevelopmentKeyFile)
{
    /// <summary>The configuration section.</summary>
    public const string Section = WebhooksOptions.Section + ":Auth";

    /// <summary>Reads and checks the section.</summary>
    /// <exception cref="InvalidSettingException">A setting is missing or has no usable value; the message names it.</exception>
    public static AuthenticationSettings From(IConfiguration configuration)
    {
        var section = configuration.GetSection(Section);
        var settings = new AuthenticationSettings(
            WebhooksOptions.Read<Uri?>(section, nameof(Authority), ParseAuthority, null),
            WebhooksOptions.Read<string?>(section, nameof(Audience), ParseText, null),
            WebhooksOptions.Read<string?>(section, nameof(DevelopmentKeyFile), ParseText, null));

        if (settings is { Authority: null, DevelopmentKeyFile: null })
        {
            throw new InvalidSettingException($"{Section}:{nameof(Authority)}", Choice);
        }

        if (settings is { Authority: not null, DevelopmentKeyFile: not null })
        {
            throw new InvalidSettingException($"{Section}:{nameof(DevelopmentKeyFile)}", $"Both issuers are set. {Choice}");
        }

        if (settings is { Authority: not null, Audience: null })
        {
            throw new InvalidSettingException(
                $"{Section}:{nameof(Audience)}", "Write the audience that the authority's tokens for this API have.");
        }

        return settings;
    }

    private const string Choice =
        "Set either Webhooks__Auth__Authority (the https address of your OIDC authority) and Webhooks__Auth__Audience, "
        + "or for development Webhooks__Auth__DevelopmentKeyFile (a path; the key is made there).";

    /// <summary>Reads the address of an authority.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    internal static Uri ParseAuthority(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var authority) && authority.Scheme == Uri.UriSchemeHttps
            ? authority
            : throw new FormatException("Write the https address of an OIDC authority, as in https://login.example.com/tenant.");

    /// <summary>Reads a text that is not empty.</summary>
    /// <exception cref="FormatException">It is empty.</exception>
    internal static string ParseText(string text) =>
        text.Length > 0 ? text : throw new FormatException("Write a text, or leave the setting out.");
}
