namespace Webhooks.Core.PortalSessions;

/// <summary>How an organization's product shows the portal.</summary>
/// <param name="FrameAncestors">The origins whose pages may show it in a frame.</param>
/// <param name="RefreshUrl">Where somebody whose session has ended gets another; null when nobody has said.</param>
public sealed record PortalEmbedding(IReadOnlyList<string> FrameAncestors, string? RefreshUrl)
{
    /// <summary>In no frame, and nowhere to go.</summary>
    public static readonly PortalEmbedding None = new([], RefreshUrl: null);
}
