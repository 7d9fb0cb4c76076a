using Webhooks.Server.Local;

namespace Webhooks.Server.Commands;

/// <summary>The command that brings the database's schema up to date and says what it did.</summary>
internal static class MigrateCommand
{
    public static async Task<int> RunAsync(bool isLocal, CancellationToken cancellationToken)
    {
        await using var local = isLocal ? await LocalRun.StartAsync(Settings.Read([]), withQueue: false, cancellationToken) : LocalRun.None;
        await using var services = CommandServices.From(Settings.Read(local.Settings)).BuildServiceProvider();
        var applied = await Database.MigrateAsync(services, cancellationToken);
        Console.WriteLine(applied.Count > 0 ? $"Applied {string.Join(", ", applied)}." : "The database is up to date.");
        return 0;
    }
}
