using System.Text.Encodings.Web;
using System.Text.Json;
using Webhooks.Api.Requests;
using Webhooks.Core.Events;
using Webhooks.Core.EventTypes;
using Webhooks.Core.Webhooks;

namespace Webhooks.Api.EventTypes;

/// <summary>The fields of an event type in a request. What it has to be like is judged when it is stored.</summary>
internal static class EventTypeFields
{
    /// <summary>The field that names an event type.</summary>
    public const string Name = "name";

    /// <summary>Levels of objects and arrays in a body: a schema may have half of them, and documents have them around it.</summary>
    public const int MaxDepth = 64;

    private const string Category = "category";
    private const string Description = "description";
    private const string Sample = "sample";
    private const string Schema = "schema";

    private static readonly JsonSerializerOptions _compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Reads what a body says of a type, and refuses fields that a type does not have.</summary>
    /// <param name="fields">The body's; the name may have been taken from it.</param>
    /// <param name="path">What comes before the names of its fields in errors.</param>
    /// <param name="errors">Gets what is wrong.</param>
    public static EventTypeChanges ReadChanges(JsonFields fields, string path, FieldErrors errors)
    {
        var changes = new EventTypeChanges(
            fields.Text(Category),
            fields.Text(Description),
            Json(Sample) is { } sample ? sample.Value ?? EventTypeRules.EmptySample : null,
            Json(Schema),
            fields.Boolean("validate"),
            fields.Boolean("archived"));
        fields.RefuseOthers();
        return changes;

        NewValue<string?>? Json(string name)
        {
            switch (fields.Value(name))
            {
                case null:
                    return null;
                case { ValueKind: JsonValueKind.Null }:
                    return new NewValue<string?>(null);
                case { ValueKind: JsonValueKind.Object } value:
                    return new NewValue<string?>(Compact(value));
                default:
                    errors.Add(path + name, "It must be a JSON object, or null.");
                    return null;
            }
        }
    }

    /// <summary>Reads a type that is to be there; null when it has no name.</summary>
    public static NewEventType? ReadNew(JsonFields fields, string path, FieldErrors errors)
    {
        fields.Require(Name);
        fields.Require(Category);
        fields.Require(Description);
        var name = fields.Text(Name);
        var changes = ReadChanges(fields, path, errors);
        return name is null ? null : new NewEventType(path, name, changes);
    }

    /// <summary>JSON without spaces.</summary>
    public static string Compact(JsonElement json) => JsonSerializer.Serialize(json, _compact);
}
