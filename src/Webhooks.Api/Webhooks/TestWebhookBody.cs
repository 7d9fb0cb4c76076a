using Webhooks.Api.Requests;
using Webhooks.Core.Events;

namespace Webhooks.Api.Webhooks;

/// <summary>Which sample to send.</summary>
/// <param name="Event">An event type; null for the webhook's first.</param>
internal sealed record TestRequest(string? Event)
{
    private const string EventField = "event";

    /// <summary>Null when there are errors.</summary>
    public static TestRequest? Read(JsonFields fields, FieldErrors errors)
    {
        var name = fields.Text(EventField);
        if (name is not null && EventNames.Problem(name) is { } problem)
        {
            errors.Add(EventField, problem);
        }

        fields.RefuseOthers();
        return errors.Count > 0 ? null : new TestRequest(name);
    }
}
