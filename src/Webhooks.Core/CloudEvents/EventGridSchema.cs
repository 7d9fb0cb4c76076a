using Webhooks.Core.Events;

namespace Webhooks.Core.CloudEvents;

/// <summary>The schema that Azure Event Grid sends events in unless a subscription says otherwise, also to validate one.</summary>
internal static class EventGridSchema
{
    /// <summary>What makes Event Grid send what is read here.</summary>
    public const string Mend =
        "It is an event in Event Grid's own schema, which is not read here. Set the event subscription's \"Event Schema\" to \"Cloud Event "
        + "Schema v1.0\" (az eventgrid event-subscription create --event-delivery-schema cloudeventschemav1_0).";

    /// <summary>Whether well-formed JSON is such an event.</summary>
    public static bool IsOne(ReadOnlySpan<byte> json) =>
        JsonText.HasMember(json, "eventType"u8) && JsonText.HasMember(json, "eventTime"u8);
}
