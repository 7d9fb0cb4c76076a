namespace Webhooks.Core.Secrets;

/// <summary>What is encrypted of a webhook. One cannot be put in the place of the other: it is part of the associated data.</summary>
public enum ProtectedText
{
    /// <summary>A secret that signs.</summary>
    Secret,

    /// <summary>The headers that its requests have.</summary>
    Headers,
}
