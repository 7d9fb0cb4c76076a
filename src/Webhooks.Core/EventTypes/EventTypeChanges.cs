using Webhooks.Core.Webhooks;

namespace Webhooks.Core.EventTypes;

/// <summary>What to change of an event type; null leaves it as it is.</summary>
/// <param name="Category">The catalog's heading.</param>
/// <param name="Description">When it is published.</param>
/// <param name="Sample">Realistic data, as JSON.</param>
/// <param name="Schema">What data looks like, as JSON; a null value takes it away.</param>
/// <param name="Validate">Whether data is held against the schema.</param>
/// <param name="Archived">Whether it is no longer offered.</param>
public sealed record EventTypeChanges(
    string? Category, string? Description, string? Sample, NewValue<string?>? Schema, bool? Validate, bool? Archived)
{
    /// <summary>The type as it becomes. Without a schema nothing is validated any more.</summary>
    public EventType ApplyTo(EventType type)
    {
        var schema = Schema is { } changed ? changed.Value : type.Schema;
        return type with
        {
            Category = Category ?? type.Category,
            Description = Description ?? type.Description,
            Sample = Sample ?? type.Sample,
            Schema = schema,
            Validate = Validate ?? (type.Validate && schema is not null),
            Archived = Archived ?? type.Archived,
        };
    }
}
