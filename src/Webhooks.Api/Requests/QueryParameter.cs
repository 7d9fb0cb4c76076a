using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace Webhooks.Api.Requests;

/// <summary>A query parameter that an operation knows. Reading, refusing unknown ones and the OpenAPI document all go by this.</summary>
/// <param name="Name">snake_case.</param>
/// <param name="Description">What it selects, for the OpenAPI document.</param>
internal sealed record QueryParameter(string Name, string Description)
{
    /// <summary>
    /// Whether it stands for all parameters whose names begin with its own and a dot. OpenAPI has no such thing: the operation's
    /// description tells of it.
    /// </summary>
    public bool IsPrefix { get; init; }

    /// <summary>The JSON type of its values.</summary>
    public JsonSchemaType Type { get; init; } = JsonSchemaType.String;

    /// <summary>The JSON Schema format of its values, or null.</summary>
    public string? Format { get; init; }

    /// <summary>The values that it may have; empty means any.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];

    /// <summary>The least number, or null.</summary>
    public int? Least { get; init; }

    /// <summary>The greatest number, or null.</summary>
    public int? Most { get; init; }

    /// <summary>Whether it must be given.</summary>
    public bool Required { get; init; }

    /// <summary>The number that absence means, or null.</summary>
    public int? Default { get; init; }

    /// <summary>Its name as callers write it.</summary>
    public string ShownName => IsPrefix ? $"{Name}.KEY" : Name;

    /// <summary>Whether a parameter of a request is this one.</summary>
    public bool Is(string name) =>
        IsPrefix
            ? name.Length > Name.Length + 1 && name[Name.Length] == '.' && name.StartsWith(Name, StringComparison.Ordinal)
            : name == Name;

    /// <summary>Its OpenAPI schema.</summary>
    public OpenApiSchema ToSchema() => new()
    {
        Type = Type,
        Format = Format,
        Enum = Values.Count > 0 ? [.. Values.Select(value => (JsonNode)value)] : null,
        Minimum = Least?.ToString(CultureInfo.InvariantCulture),
        Maximum = Most?.ToString(CultureInfo.InvariantCulture),
        Default = Default,
    };
}
