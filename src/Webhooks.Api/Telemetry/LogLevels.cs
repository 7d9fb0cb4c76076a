using Microsoft.Extensions.Logging;

namespace Webhooks.Api.Telemetry;

/// <summary>The log levels of both hosts.</summary>
public static class LogLevels
{
    /// <summary>What libraries say of their daily work is noise here; <c>Logging__LogLevel__Category</c> shows it.</summary>
    public static IReadOnlyDictionary<string, string?> Defaults { get; } = new Dictionary<string, string?>
    {
        ["Logging:LogLevel:Default"] = nameof(LogLevel.Information),
        ["Logging:LogLevel:Microsoft"] = nameof(LogLevel.Warning),
        ["Logging:LogLevel:Microsoft.AspNetCore.DataProtection"] = nameof(LogLevel.Error),
        ["Logging:LogLevel:Azure"] = nameof(LogLevel.Warning),
        ["Logging:LogLevel:Npgsql"] = nameof(LogLevel.Warning),
    };
}
