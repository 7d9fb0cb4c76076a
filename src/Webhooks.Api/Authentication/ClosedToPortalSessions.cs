namespace Webhooks.Api.Authentication;

/// <summary>The mark of an operation that makes or ends credentials, which no session of the portal may.</summary>
internal sealed class ClosedToPortalSessions;
