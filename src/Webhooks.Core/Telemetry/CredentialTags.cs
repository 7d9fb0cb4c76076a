using System.Diagnostics;
using Webhooks.Core.Credentials;

namespace Webhooks.Core.Telemetry;

/// <summary>The kind of a credential as the value of a tag.</summary>
internal static class CredentialTags
{
    public static string ToTag(this CredentialKind kind) => kind switch
    {
        CredentialKind.Token => "token",
        CredentialKind.ApiKey => "key",
        CredentialKind.PortalSession => "session",
        _ => throw new UnreachableException(),
    };
}
