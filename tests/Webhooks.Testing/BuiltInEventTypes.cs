using Npgsql;
using Webhooks.Core;
using Webhooks.Core.Events;
using Webhooks.Core.EventTypes;

namespace Webhooks.Testing;

/// <summary>The event types that every installation begins with, as a process knows them that has asked no database.</summary>
public static class BuiltInEventTypes
{
    public static KnownEventTypes Known { get; } = new(NpgsqlDataSource.Create("Host=localhost"), TimeProvider.System);

    /// <summary>A reader of event messages that knows these types.</summary>
    public static EventMessageReader Reader(WebhooksLimits? limits = null) =>
        new(new WebhooksOptions { Limits = limits ?? new WebhooksLimits() }, Known);
}
