namespace Webhooks.Core.EventTypes;

/// <summary>What came of deleting an event type.</summary>
public enum EventTypeDeletion
{
    /// <summary>There is none of that name.</summary>
    NotFound,

    /// <summary>Every installation has it.</summary>
    BuiltIn,

    /// <summary>Webhooks list it by its name.</summary>
    Listed,

    /// <summary>It is deleted.</summary>
    Deleted,
}
