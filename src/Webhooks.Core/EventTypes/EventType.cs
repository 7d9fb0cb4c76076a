namespace Webhooks.Core.EventTypes;

/// <summary>A kind of event that the platform publishes. The types are the installation's: no organization has its own.</summary>
/// <param name="Name">As in <c>user.created</c>.</param>
/// <param name="Category">The catalog's heading for it.</param>
/// <param name="Description">When it is published, in a sentence.</param>
/// <param name="Sample">A realistic <c>data</c> object, as JSON.</param>
public sealed record EventType(string Name, string Category, string Description, string Sample)
{
    /// <summary>What <c>data</c> looks like: JSON Schema 2020-12, as JSON; null when nothing is said of it.</summary>
    public string? Schema { get; init; }

    /// <summary>Whether an event is refused whose data does not fit the schema.</summary>
    public bool Validate { get; init; }

    /// <summary>Whether it is no longer offered. It may still be published, and is delivered.</summary>
    public bool Archived { get; init; }

    /// <summary>Whether every installation has it; then it is never deleted.</summary>
    public bool BuiltIn { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last changed.</summary>
    public DateTimeOffset UpdatedAt { get; init; }
}
