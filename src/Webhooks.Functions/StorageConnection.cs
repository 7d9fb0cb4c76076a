using Azure.Identity;
using Azure.Storage.Queues;
using Microsoft.Extensions.Configuration;
using Webhooks.Core;

namespace Webhooks.Functions;

/// <summary>
/// The app's storage account, by the settings that the Functions host reads too: <c>AzureWebJobsStorage</c>, a connection string; or
/// <c>AzureWebJobsStorage__accountName</c> or <c>__queueServiceUri</c>, used with the app's identity.
/// </summary>
internal static class StorageConnection
{
    private const string Setting = "AzureWebJobsStorage";

    /// <summary>A publisher waits for the queue over HTTP, and nothing is lost without it.</summary>
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(5);

    /// <summary>A client of one queue.</summary>
    /// <exception cref="InvalidSettingException">The settings name no account.</exception>
    public static QueueClient Queue(IConfiguration configuration, string name)
    {
        // The encoding of host.json's extensions.queues.messageEncoding.
        var options = new QueueClientOptions { MessageEncoding = QueueMessageEncoding.None };
        options.Retry.NetworkTimeout = _timeout;
        options.Retry.MaxRetries = 2;
        if (configuration[Setting] is { Length: > 0 } connectionString)
        {
            return FromConnectionString(connectionString, name, options);
        }

        return new QueueClient(new Uri(QueueService(configuration.GetSection(Setting)), name), new DefaultAzureCredential(), options);
    }

    private static QueueClient FromConnectionString(string connectionString, string name, QueueClientOptions options)
    {
        try
        {
            return new QueueClient(connectionString, name, options);
        }
        catch (FormatException)
        {
            // Without the value: it may hold the account's key.
            throw new InvalidSettingException(
                Setting, "It is not a storage connection string. For Azurite, write UseDevelopmentStorage=true.");
        }
    }

    private static Uri QueueService(IConfigurationSection section) =>
        section["queueServiceUri"] is { Length: > 0 } uri ? new Uri(uri.TrimEnd('/') + "/")
        : section["accountName"] is { Length: > 0 } account ? new Uri($"https://{account}.queue.core.windows.net/")
        : throw new InvalidSettingException(
            Setting, "Set it to a storage connection string, or AzureWebJobsStorage__accountName to the account's name.");
}
