using Webhooks.Core;
using Webhooks.Server.Local;

namespace Webhooks.Server.Commands;

/// <summary>The report of what the operator has to mend: one line on standard error, without a stack trace.</summary>
internal static class FailureReport
{
    /// <summary>The exit code of what the operator has to mend outside of this program.</summary>
    private const int Unavailable = 1;

    /// <summary>The exit code of a command line or setting that cannot be used.</summary>
    private const int Misused = 2;

    /// <summary>
    /// The exit code after Ctrl-C or SIGTERM before the command had done its work: 128 and SIGINT's number, as shells have it.
    /// </summary>
    private const int Interrupted = 130;

    /// <summary>Runs a command.</summary>
    /// <returns>Its exit code, or one for what prevented it.</returns>
    public static async Task<int> RunAsync(Func<Task<int>> command, CancellationToken termination)
    {
        try
        {
            return await command();
        }
        catch (OperationCanceledException) when (termination.IsCancellationRequested)
        {
            return Interrupted;
        }
        catch (InvalidSettingException invalid)
        {
            return Show([invalid.Message], Misused);
        }
        catch (Exception failure) when (failure is LocalServicesException or DatabaseUnavailableException or CannotListenException)
        {
            return Show([failure.Message], Unavailable);
        }
    }

    /// <summary>Shows what is wrong with a command line.</summary>
    /// <returns>The exit code.</returns>
    public static int ShowMisuse(IEnumerable<string> messages) => Show([.. messages, "--help shows what can be used."], Misused);

    private static int Show(IEnumerable<string> messages, int exitCode)
    {
        var sentences = messages.Select(message => $"{OneLine(message).TrimEnd('.')}.");
        Console.Error.WriteLine($"error: {string.Join(' ', sentences)}");
        return exitCode;
    }

    private static string OneLine(string message) => string.Join(' ', message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
