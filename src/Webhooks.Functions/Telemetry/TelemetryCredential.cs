using System.Data.Common;
using Azure.Core;
using Azure.Identity;
using Microsoft.Extensions.Configuration;
using Webhooks.Core;

namespace Webhooks.Functions.Telemetry;

/// <summary>
/// How the worker proves to Azure Monitor who it is: <c>APPLICATIONINSIGHTS_AUTHENTICATION_STRING</c>, as the Functions host reads it
/// (<c>Authorization=AAD</c> for the system-assigned identity, with <c>ClientId=…</c> for a user-assigned one).
/// </summary>
internal static class TelemetryCredential
{
    private const string Setting = "APPLICATIONINSIGHTS_AUTHENTICATION_STRING";

    /// <summary>The credential; null when the setting is missing, and the connection string is enough.</summary>
    /// <exception cref="InvalidSettingException">The setting has no usable value.</exception>
    public static TokenCredential? From(IConfiguration configuration)
    {
        if (configuration[Setting] is not { Length: > 0 } text)
        {
            return null;
        }

        var parts = Parse(text);
        if (!"AAD".Equals(Part(parts, "Authorization"), StringComparison.OrdinalIgnoreCase))
        {
            throw Invalid();
        }

        return new ManagedIdentityCredential(
            Part(parts, "ClientId") is { } clientId
                ? ManagedIdentityId.FromUserAssignedClientId(clientId)
                : ManagedIdentityId.SystemAssigned);
    }

    private static DbConnectionStringBuilder Parse(string text)
    {
        try
        {
            return new DbConnectionStringBuilder { ConnectionString = text };
        }
        catch (ArgumentException)
        {
            throw Invalid();
        }
    }

    private static string? Part(DbConnectionStringBuilder parts, string name) =>
        parts.TryGetValue(name, out var value) && value is string { Length: > 0 } text ? text : null;

    private static InvalidSettingException Invalid() =>
        new(Setting, "Write Authorization=AAD, and ClientId=… after a semicolon where the identity is user-assigned.");
}
