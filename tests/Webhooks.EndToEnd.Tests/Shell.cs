using System.Diagnostics;

namespace Webhooks.EndToEnd.Tests;

/// <summary>The shell, in which commands run as an operator would run them.</summary>
internal static class Shell
{
    /// <summary>Runs a command and waits for its end.</summary>
    /// <returns>What it wrote on standard output.</returns>
    public static async Task<string> RunAsync(string command, CancellationToken cancellationToken)
    {
        using var shell = Process.Start(
            new ProcessStartInfo("/bin/sh", ["-c", command]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = shell.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = shell.StandardError.ReadToEndAsync(cancellationToken);
        await shell.WaitForExitAsync(cancellationToken);
        Assert.True(shell.ExitCode == 0, $"{command}\nended with {shell.ExitCode}: {await errors}{await output}");
        return await output;
    }
}
