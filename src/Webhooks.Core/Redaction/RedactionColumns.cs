namespace Webhooks.Core.Redaction;

/// <summary>The columns of <c>webhook_deliveries</c> that hold what was sent and answered.</summary>
internal static class RedactionColumns
{
    /// <summary>The assignments that erase them. The row and its attempts stay, and when it was erased.</summary>
    public const string Erase = """
        payload = 'null',
        sent_body = NULL,
        sent_headers = NULL,
        transform_error = NULL,
        response_body = NULL,
        attempts = webhook_redacted_attempts(attempts),
        redacted_at = now()
        """;
}
