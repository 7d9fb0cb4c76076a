namespace Webhooks.Api.Authentication;

/// <summary>
/// The mark of an operation, not itself of one webhook, that shows a session of the portal for one webhook only what is of that webhook,
/// or of no organization. Without it, such a session gets 403.
/// </summary>
internal sealed class NarrowedToWebhook;
