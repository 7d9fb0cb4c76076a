namespace Webhooks.Core.Audit;

/// <summary>What somebody who changes something is.</summary>
public enum ActorKind
{
    /// <summary>The system, by itself: it disables a webhook whose receiver is gone, for example.</summary>
    System,

    /// <summary>Who has a token; its <c>sub</c> says who.</summary>
    User,

    /// <summary>A program that has an API key.</summary>
    Key,

    /// <summary>A session of the portal.</summary>
    Session,
}
