namespace Webhooks.Testing;

/// <summary>
/// The host that <see cref="ServerProcess"/> starts: the server, or, with <c>WEBHOOKS_TEST_HOST=functions</c> as <c>./test functions</c>
/// sets it, the Azure Functions app under the Core Tools.
/// </summary>
public static class TestedHost
{
    /// <summary>Whether it is the Functions app.</summary>
    public static bool IsFunctions { get; } = Environment.GetEnvironmentVariable("WEBHOOKS_TEST_HOST") == "functions";

    /// <summary>What starts the host on any free port: the arguments of <c>dotnet</c>.</summary>
    internal static IEnumerable<string> Arguments => IsFunctions
        ? [Find("Webhooks.Server", "Webhooks.Server.dll"), "--local", "functions", "--app", Find("Webhooks.Functions", "")]
        : ServerIn(Find("Webhooks.Server", ""));

    /// <summary>What starts the server that is in a directory.</summary>
    internal static IEnumerable<string> ServerIn(string directory) =>
        [Path.Combine(directory, "Webhooks.Server.dll"), "--urls", "http://127.0.0.1:0"];

    /// <summary>What was built with the tests: artifacts/bin/project/release beside this program's directory.</summary>
    private static string Find(string project, string file)
    {
        var configuration = new DirectoryInfo(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        return Path.Combine(configuration.Parent!.Parent!.FullName, project, configuration.Name, file);
    }
}
