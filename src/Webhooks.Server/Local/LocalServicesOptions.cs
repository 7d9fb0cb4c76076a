namespace Webhooks.Server.Local;

/// <summary>Which local services to start, and where.</summary>
/// <param name="DataDirectory">Where they keep their data; made when it is missing. One run at a time can use it.</param>
internal sealed record LocalServicesOptions(string DataDirectory)
{
    /// <summary>Whether to start PostgreSQL.</summary>
    public bool Postgres { get; init; }

    /// <summary>Whether to start the storage queue (Azurite).</summary>
    public bool Queue { get; init; }

    /// <summary>
    /// Whether to start the queue with the blobs and tables of a whole storage account, which an Azure Functions app needs.
    /// </summary>
    public bool Storage { get; init; }

    /// <summary>The queue's port on 127.0.0.1; 0 means a free one that stays the same for the directory.</summary>
    public int QueuePort { get; init; }

    /// <summary>Whether the data survives a power cut. The end of any process it survives anyway.</summary>
    public bool Durable { get; init; } = true;

    /// <summary>Whether the data directory is removed when the services stop.</summary>
    public bool Temporary { get; init; }
}
