using Webhooks.Core.Secrets;
using Webhooks.Server.Local;

namespace Webhooks.Server.Commands;

/// <summary>The command that brings every webhook's secret under the newest key, and says how many there were.</summary>
internal static class ReencryptCommand
{
    public static async Task<int> RunAsync(bool isLocal, CancellationToken cancellationToken)
    {
        await using var local = isLocal ? await LocalRun.StartAsync(Settings.Read([]), withQueue: false, cancellationToken) : LocalRun.None;
        var configuration = Settings.Read(local.Settings);
        await using var services = CommandServices.From(configuration).AddWebhooksKeyRing(configuration).BuildServiceProvider();
        var report = await services.GetRequiredService<SecretReencryption>().RunAsync(cancellationToken);
        Console.WriteLine($"Re-encrypted {report.Reencrypted} secrets of webhooks.");
        if (report.Unreadable.Count == 0)
        {
            return 0;
        }

        Console.Error.WriteLine(
            $"error: the secrets of these webhooks cannot be decrypted: {string.Join(", ", report.Unreadable)}. "
            + "Keep the older keys until they have new secrets.");
        return 1;
    }
}
