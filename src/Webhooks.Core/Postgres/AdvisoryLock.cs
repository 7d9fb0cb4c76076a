namespace Webhooks.Core.Postgres;

/// <summary>The keys of the advisory locks that processes on one database take against each other.</summary>
internal static class AdvisoryLock
{
    /// <summary>Applying migrations.</summary>
    public const long Migrations = 0x776562686f6f6b01;

    /// <summary>Making partitions.</summary>
    public const long Partitions = 0x776562686f6f6b02;
}
