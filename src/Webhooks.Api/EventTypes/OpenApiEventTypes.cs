using System.Text.Json;
using System.Text.Json.Nodes;
using Webhooks.Core.Events;
using Webhooks.Core.EventTypes;
using Webhooks.Core.Webhooks;

namespace Webhooks.Api.EventTypes;

/// <summary>
/// The event types that an OpenAPI 3.1 document has in its section <c>webhooks</c>: the name of each webhook is that of a type. Of its
/// request body, the schema and the example are taken; where they are of a payload with a member <c>data</c>, that member's.
/// </summary>
/// <param name="document">The document.</param>
/// <param name="errors">Gets what is wrong.</param>
internal sealed class OpenApiEventTypes(JsonElement document, FieldErrors errors)
{
    /// <summary>The member that every OpenAPI document has, and nothing else.</summary>
    public const string Mark = "openapi";

    private const string Webhooks = "webhooks";
    private const string Reference = "$ref";
    private const string Components = "#/components/schemas/";
    private const string Definitions = "#/$defs/";
    private const int MostReferences = 8;

    /// <summary>Reads them; empty when the document has none.</summary>
    public IReadOnlyList<NewEventType> Read()
    {
        if (document.GetProperty(Mark) is not { ValueKind: JsonValueKind.String } version
            || !version.GetString()!.StartsWith("3.", StringComparison.Ordinal)
            || version.GetString()!.StartsWith("3.0", StringComparison.Ordinal))
        {
            errors.Add(Mark, "It must be a version from 3.1 on, below 4: those before have no webhooks.");
            return [];
        }

        if (Member(document, Webhooks) is not { ValueKind: JsonValueKind.Object } webhooks)
        {
            errors.Add(Webhooks, "The document has no webhooks.");
            return [];
        }

        return [.. webhooks.EnumerateObject().Select(webhook => ReadType(webhook.Name, Resolve(webhook.Value)))];
    }

    private NewEventType ReadType(string name, JsonElement? item)
    {
        var path = $"{Webhooks}.{name}.";
        var operation = Resolve(Member(item, "post")) ?? item;
        var content = Content(Resolve(Member(operation, "requestBody")));
        var payload = Member(content, "schema");
        var data = FindData(payload, MostReferences);
        return new NewEventType(path, name, new EventTypeChanges(
            Category: Items(Member(operation, "tags")).Select(Text).FirstOrDefault(),
            Description: Text(Member(operation, "description")) ?? Text(Member(operation, "summary")) ?? Text(Member(item, "summary")),
            Sample: Example(content, isPayload: data is not null),
            Schema: (data ?? payload) is { } schema ? new NewValue<string?>(Bundle(schema, path)) : null,
            Validate: null,
            Archived: null));
    }

    /// <summary>The JSON of a request body.</summary>
    private static JsonElement? Content(JsonElement? body) =>
        Members(Member(body, "content"))
            .Where(content => content.Name.Contains("json", StringComparison.OrdinalIgnoreCase))
            .Select(content => (JsonElement?)content.Value)
            .FirstOrDefault();

    private string? Example(JsonElement? content, bool isPayload)
    {
        var example = Member(content, "example") ?? Member(
            Members(Member(content, "examples")).Select(example => Resolve(example.Value)).FirstOrDefault(), "value");
        var sample = isPayload ? Member(example, "data") : example;
        return sample is { ValueKind: JsonValueKind.Object } ? EventTypeFields.Compact(sample.Value) : null;
    }

    /// <summary>The schema of a payload's member <c>data</c>; null when the schema is of something else.</summary>
    private JsonElement? FindData(JsonElement? schema, int references)
    {
        if (references == 0 || Resolve(schema) is not { } resolved)
        {
            return null;
        }

        return Member(Member(resolved, "properties"), "data")
            ?? Items(Member(resolved, "allOf")).Select(part => FindData(part, references - 1)).FirstOrDefault(found => found is not null);
    }

    /// <summary>A schema with all that it refers to within the document; as it is, when that is too much to be used.</summary>
    private string Bundle(JsonElement schema, string path)
    {
        var bundled = JsonObject.Create(schema) ?? [];
        var definitions = new JsonObject();
        var size = schema.GetRawText().Length;
        var waiting = new Queue<string>();
        Rewrite(bundled, waiting);
        while (waiting.TryDequeue(out var name) && size <= DataSchema.MostBytes)
        {
            if (definitions.ContainsKey(name))
            {
                continue;
            }

            if (Member(Member(Member(document, "components"), "schemas"), name) is not { } component)
            {
                errors.Add(path + "schema", $"The document has no schema {name} in its components.");
                break;
            }

            size += component.GetRawText().Length;
            var definition = JsonNode.Parse(component.GetRawText());
            Rewrite(definition, waiting);
            definitions[name] = definition;
        }

        if (definitions.Count > 0)
        {
            bundled["$defs"] = definitions;
        }

        return EventTypeFields.Compact(JsonSerializer.SerializeToElement(bundled));
    }

    /// <summary>Makes references to components refer to definitions, and notes which.</summary>
    private static void Rewrite(JsonNode? node, Queue<string> found)
    {
        switch (node)
        {
            case JsonObject members:
                if (members[Reference] is JsonValue reference
                    && reference.TryGetValue(out string? target)
                    && target.StartsWith(Components, StringComparison.Ordinal))
                {
                    var rest = target[Components.Length..];
                    found.Enqueue(Unescaped(rest.Split('/')[0]));
                    members[Reference] = Definitions + rest;
                }

                foreach (var (_, value) in members)
                {
                    Rewrite(value, found);
                }

                break;
            case JsonArray items:
                foreach (var item in items)
                {
                    Rewrite(item, found);
                }

                break;
        }
    }

    /// <summary>What a reference within the document stands for; null when that is not there.</summary>
    private JsonElement? Resolve(JsonElement? value)
    {
        for (var followed = 0; followed < MostReferences && Text(Member(value, Reference)) is { } target; followed++)
        {
            if (!target.StartsWith("#/", StringComparison.Ordinal))
            {
                return null;
            }

            value = document;
            foreach (var step in target[2..].Split('/'))
            {
                value = Member(value, Unescaped(step));
            }
        }

        return value;
    }

    private static string Unescaped(string step) => Uri.UnescapeDataString(step).Replace("~1", "/").Replace("~0", "~");

    private static JsonElement? Member(JsonElement? value, string name) =>
        value is { ValueKind: JsonValueKind.Object } members && members.TryGetProperty(name, out var member) ? member : null;

    private static string? Text(JsonElement? value) => value is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static string? Text(JsonElement value) => Text((JsonElement?)value);

    private static JsonElement.ObjectEnumerator Members(JsonElement? value) =>
        value is { ValueKind: JsonValueKind.Object } members ? members.EnumerateObject() : default;

    private static JsonElement.ArrayEnumerator Items(JsonElement? value) =>
        value is { ValueKind: JsonValueKind.Array } items ? items.EnumerateArray() : default;
}
