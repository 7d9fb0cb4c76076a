using System.Runtime.InteropServices;

namespace Webhooks.Infrastructure.Tests;

/// <summary>The Bicep CLI, working on a copy of the templates so that it leaves nothing among them.</summary>
internal sealed class Bicep : IDisposable
{
    public const string AlertEmail = "operators@example.com";
    public const string Authority = "https://login.example.com/";
    public const string Audience = "api://webhooks";
    public const string EncryptionKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    private static readonly Dictionary<string, string> _variables = new()
    {
        // The CLI needs ICU otherwise, which small machines lack.
        ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1",
        ["WEBHOOKS_ALERT_EMAIL"] = AlertEmail,
        ["WEBHOOKS_AUTH_AUTHORITY"] = Authority,
        ["WEBHOOKS_AUTH_AUDIENCE"] = Audience,
        ["WEBHOOKS_ENCRYPTION_KEY"] = EncryptionKey,
        ["WEBHOOKS_DATABASE_OPERATORS_ID"] = "0198c0de-0000-7000-8000-000000000001",
        ["WEBHOOKS_DATABASE_OPERATORS_NAME"] = "database-operators",
    };

    private readonly DirectoryInfo _copy = Directory.CreateTempSubdirectory("webhooks-bicep-");

    private Bicep()
    {
        foreach (var file in Directory.EnumerateFiles(Repository.Templates, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(_copy.FullName, Path.GetRelativePath(Repository.Templates, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    /// <summary>A fresh copy of the templates; skips the test where the CLI cannot run.</summary>
    public static Bicep OnThisMachine()
    {
        SkipWhereItCannotRun();
        return new Bicep();
    }

    public static void SkipWhereItCannotRun() =>
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && RuntimeInformation.OSArchitecture == Architecture.X64,
            "The Bicep CLI of the NuGet package runs on Linux x64 only.");

    public string Folder => _copy.FullName;

    public Task<ProcessResult> RunAsync(params string[] arguments) =>
        CommandLine.RunAsync(Repository.BicepCli, arguments, _copy.FullName, _variables, TestContext.Current.CancellationToken);

    public void Dispose() => _copy.Delete(recursive: true);
}
