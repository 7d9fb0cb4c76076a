namespace Webhooks.Infrastructure.Tests;

/// <summary>The scripts of the pipeline.</summary>
internal static class Script
{
    /// <summary>Runs a script of the folder <c>pipelines</c>; skips the test where there is no bash.</summary>
    public static Task<ProcessResult> RunAsync(string name, string[] arguments, IReadOnlyDictionary<string, string> environment)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The scripts of the pipeline are for bash.");
        return CommandLine.RunAsync(
            "bash",
            [Path.Combine(Repository.Root, "pipelines", name), .. arguments],
            Repository.Templates,
            environment,
            TestContext.Current.CancellationToken);
    }
}
