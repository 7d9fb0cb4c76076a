using System.Globalization;
using System.Text.Json;
using Json.Schema;
using Webhooks.Core.Events;

namespace Webhooks.Core.EventTypes;

/// <summary>
/// A JSON Schema that the data of events is held against: compiled once, without anything of it ever being fetched, and with a bound on
/// what holding data against it may cost.
/// </summary>
public sealed class DataSchema
{
    /// <summary>The most bytes of a schema.</summary>
    public const int MostBytes = 64 * 1024;

    /// <summary>
    /// How many subschemas may be evaluated for one event, over all its values: a few hundred thousand take some tenths of a second.
    /// </summary>
    private const int MostEvaluations = 200_000;

    private const int MostLevels = 32;
    private const int MostValues = 5_000;

    /// <summary>Keywords whose members are names of the schema's author, which may be those of keywords.</summary>
    private static readonly string[] _namesFollow = ["properties", "patternProperties", "dependentSchemas", "$defs"];

    private const string TooCostly = "The schema takes too many steps with it: it is too large, or the schema refers to itself too often.";

    private static readonly EvaluationOptions _evaluation = new() { OutputFormat = OutputFormat.List };

    private readonly JsonSchema _schema;

    private DataSchema(JsonSchema schema) => _schema = schema;

    /// <summary>Compiles a schema; null when it cannot be used.</summary>
    /// <param name="json">The schema: JSON.</param>
    /// <param name="problem">Why it cannot be used; null when it can.</param>
    public static DataSchema? Compile(string json, out string? problem)
    {
        try
        {
            var schema = JsonElement.Parse(json, new JsonDocumentOptions { MaxDepth = MostLevels });
            problem = new Inspection(schema).Problem();
            if (problem is not null)
            {
                return null;
            }

            // Building compares values, too, but no more than there are. The registry is its own, knows no other document and fetches none.
            BoundedDialect.Grant(int.MaxValue);
            var built = JsonSchema.Build(
                schema,
                new BuildOptions { SchemaRegistry = new SchemaRegistry { Fetch = (_, _) => null }, Dialect = BoundedDialect.Instance });
            return new DataSchema(built);
        }
        catch (JsonException)
        {
            problem = $"It may have {MostLevels} levels of objects and arrays.";
        }
        catch (Exception wrong) when (wrong is not OutOfMemoryException)
        {
            // The library throws whatever comes: also what parsing a number or a pattern throws.
            problem = $"It is not a JSON Schema that can be used: {Excerpt.Of(wrong.Message, mostCharacters: 300)}";
        }

        return null;
    }

    /// <summary>Holds data against the schema.</summary>
    /// <param name="data">A JSON object.</param>
    /// <param name="field">Its path.</param>
    /// <param name="errors">Gets what does not fit, by its path, in words that hold nothing of the data.</param>
    public void Check(ReadOnlySpan<byte> data, string field, FieldErrors errors)
    {
        var before = errors.Count;
        try
        {
            BoundedDialect.Grant(MostEvaluations);
            var result = _schema.Evaluate(JsonElement.Parse(data), _evaluation);
            if (result.IsValid)
            {
                return;
            }

            foreach (var place in FailedPlaces(result))
            {
                foreach (var (keyword, message) in place.Errors!)
                {
                    errors.Add(
                        PathOf(field, place.InstanceLocation.ToString()),
                        $"It does not fit the schema of the event type ({keyword}): {Excerpt.Of(message, mostCharacters: 200)}.");
                }
            }

            // What fails by a keyword that says nothing itself.
            if (errors.Count == before)
            {
                errors.Add(field, "It does not fit the schema of the event type.");
            }
        }
        catch (ExhaustedSchemaException)
        {
            errors.Add(field, TooCostly);
        }
        catch (Exception wrong) when (wrong is not OutOfMemoryException)
        {
            // Whatever the library cannot do with it, this one event is what it cannot do it with.
            errors.Add(field, $"It cannot be held against the schema of the event type ({wrong.GetType().Name}).");
        }
    }

    /// <summary>
    /// Where errors are that matter: not within what holds all the same, or what only decides about something else (if, not).
    /// </summary>
    private static IEnumerable<EvaluationResults> FailedPlaces(EvaluationResults result)
    {
        var places = (result.Details ?? []).Prepend(result).ToList();
        var holds = places.GroupBy(place => place.EvaluationPath.ToString(), StringComparer.Ordinal)
            .Where(values => values.All(place => place.IsValid)).Select(values => values.Key).ToHashSet(StringComparer.Ordinal);
        return places.Where(place => place.Errors is not null && !IsBeside(place.EvaluationPath.ToString(), holds));
    }

    private static bool IsBeside(string path, HashSet<string> holds)
    {
        var steps = path.Split('/');
        return Enumerable.Range(1, steps.Length - 1).Any(step =>
            holds.Contains(string.Join('/', steps[..step])) || (steps[step] is "if" or "not" && !_namesFollow.Contains(steps[step - 1])));
    }

    /// <summary>A JSON pointer as a path: <c>/items/3/price</c> as <c>data.items[3].price</c>.</summary>
    private static string PathOf(string field, string pointer) => field + string.Concat(StepsOf(pointer).Select(step =>
        step.Length is > 0 and < 8 && step.All(char.IsAsciiDigit) ? $"[{step}]" : "." + Excerpt.Of(step)));

    /// <summary>The steps of a JSON pointer (RFC 6901).</summary>
    private static IEnumerable<string> StepsOf(string pointer) =>
        pointer.Split('/').Skip(1).Select(step => step.Replace("~1", "/").Replace("~0", "~"));

    /// <summary>What is looked for before a schema is compiled.</summary>
    private sealed class Inspection(JsonElement schema)
    {
        private static readonly string[] _unusable = ["$id", "$dynamicRef", "$recursiveRef", "$vocabulary"];

        private readonly HashSet<string> _references = new(StringComparer.Ordinal);
        private readonly HashSet<string> _anchors = new(StringComparer.Ordinal);
        private int _values;

        public string? Problem() =>
            schema.ValueKind != JsonValueKind.Object
                ? "It must be a JSON object: a JSON Schema."
                : ProblemIn(schema, isRoot: true) ?? _references.Where(reference => !Leads(reference))
                    .Select(reference => $"The $ref '{Excerpt.Of(reference)}' leads nowhere.").FirstOrDefault();

        private bool Leads(string reference)
        {
            if (!reference.StartsWith("#/", StringComparison.Ordinal))
            {
                return reference == "#" || _anchors.Contains(reference[1..]);
            }

            var place = schema;
            foreach (var step in StepsOf(Uri.UnescapeDataString(reference)[1..]))
            {
                var leads = place.ValueKind switch
                {
                    JsonValueKind.Object => place.TryGetProperty(step, out place),
                    JsonValueKind.Array => int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                        && index < place.GetArrayLength() && (place = place[index]).ValueKind != JsonValueKind.Undefined,
                    _ => false,
                };
                if (!leads)
                {
                    return false;
                }
            }

            return true;
        }

        private string? ProblemIn(JsonElement value, bool isRoot = false)
        {
            if (++_values > MostValues)
            {
                return $"It may have {MostValues} values.";
            }

            return value.ValueKind switch
            {
                JsonValueKind.Object => value.EnumerateObject()
                    .Select(member => ProblemOf(member, isRoot) ?? ProblemIn(member.Value))
                    .FirstOrDefault(problem => problem is not null),
                JsonValueKind.Array => value.EnumerateArray()
                    .Select(item => ProblemIn(item))
                    .FirstOrDefault(problem => problem is not null),
                _ => null,
            };
        }

        private string? ProblemOf(JsonProperty member, bool isRoot)
        {
            if (member.Value.ValueKind != JsonValueKind.String)
            {
                return null;
            }

            var text = member.Value.GetString()!;
            (member.Name switch { "$ref" => _references, "$anchor" => _anchors, _ => null })?.Add(text);
            return member.Name switch
            {
                "$schema" when !isRoot || text.TrimEnd('#') != BoundedDialect.Id =>
                    $"$schema may stand at its beginning, as {BoundedDialect.Id}, and nowhere else.",
                "$ref" when !text.StartsWith('#') => "A $ref must begin with #: nothing is fetched from elsewhere.",
                _ when _unusable.Contains(member.Name) => $"{member.Name} cannot be used. Refer to $defs with $ref.",
                _ => null,
            };
        }
    }
}
