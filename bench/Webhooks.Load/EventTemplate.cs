using System.Globalization;
using System.Text;

namespace Webhooks.Load;

/// <summary>The event that is published: what is sent for it has <see cref="PayloadBytes"/>.</summary>
internal static class EventTemplate
{
    /// <summary>The event type.</summary>
    public const string EventType = "invoice.paid";

    private const int PayloadBytes = 1024;

    // As PostgreSQL prints it, but for the note.
    private const string PayloadWithoutNote =
        $$"""{"data": {"note": "", "sent_at": "{{NoTime}}"}, "event": "{{EventType}}", "timestamp": "2026-01-01T00:00:00.000Z","""
        + """ "webhook_id": "00000000-0000-0000-0000-000000000000"}""";

    // As wide as any number of nanoseconds.
    private const string NoTime = "0000000000000000000";

    private const string TimeField = "\"sent_at\":\"";

    private static readonly string _note = new('x', PayloadBytes - PayloadWithoutNote.Length);

    /// <summary>The event's data, as JSON.</summary>
    public static string Data { get; } = $$"""{"note":"{{_note}}",{{TimeField}}{{NoTime}}"}""";

    /// <summary>The message that publishes it over HTTP.</summary>
    public static string MessageFor(Guid organization) => $$"""{"org_id":"{{organization}}","event":"{{EventType}}","data":{{Data}}}""";

    /// <summary>Writes a time, in nanoseconds, into a text with one message.</summary>
    public static void WriteTime(Span<byte> text, long nanoseconds)
    {
        var field = text.IndexOf(Encoding.ASCII.GetBytes(TimeField)) + TimeField.Length;
        nanoseconds.TryFormat(text.Slice(field, NoTime.Length), out _, "D19", CultureInfo.InvariantCulture);
    }
}
