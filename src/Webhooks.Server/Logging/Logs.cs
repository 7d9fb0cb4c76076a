using Microsoft.Extensions.Logging.Console;

namespace Webhooks.Server.Logging;

/// <summary>The server's log: one line an entry on standard output, with UTC timestamps.</summary>
internal static class Logs
{
    /// <summary>Has .NET's console formatter write the lines, and <see cref="BatchedConsole"/> put them out.</summary>
    public static void Configure(ILoggingBuilder logging)
    {
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            console.ColorBehavior = LoggerColorBehavior.Default;
        });
        logging.ClearProviders().Services.AddSingleton<ILoggerProvider, BatchedConsole>();
    }
}
