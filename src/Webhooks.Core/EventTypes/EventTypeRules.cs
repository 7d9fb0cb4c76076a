using System.Text;
using System.Text.RegularExpressions;
using Webhooks.Core.Events;
using Webhooks.Core.Signals;

namespace Webhooks.Core.EventTypes;

/// <summary>What an event type has to be like.</summary>
public static partial class EventTypeRules
{
    /// <summary>The most event types of an installation.</summary>
    public const int MostTypes = 500;

    /// <summary>The most characters of a name.</summary>
    public const int MostNameCharacters = 100;

    /// <summary>The most characters of a category.</summary>
    public const int MostCategoryCharacters = 100;

    /// <summary>The most characters of a description.</summary>
    public const int MostDescriptionCharacters = 2_000;

    /// <summary>The most bytes of a sample.</summary>
    public const int MostSampleBytes = 32 * 1024;

    /// <summary>The sample of a type that has none.</summary>
    public const string EmptySample = "{}";

    /// <summary>A name as a regular expression.</summary>
    public const string NamePattern = "^[a-z][a-z0-9_-]*([.][a-z0-9][a-z0-9_-]*)+$";

    /// <summary>Whether a text may be the name of an event type.</summary>
    public static bool IsName(string text) => text.Length <= MostNameCharacters && Name().IsMatch(text);

    /// <summary>Finds what is wrong with a type. An empty sample is none, and has to fit nothing.</summary>
    /// <param name="type">The type as it is to be stored.</param>
    /// <param name="path">What comes before the names of its fields in errors.</param>
    /// <param name="errors">Gets what is wrong.</param>
    internal static void Check(EventType type, string path, FieldErrors errors)
    {
        if (!IsName(type.Name))
        {
            errors.Add(
                path + "name",
                $"It must be words of small letters, digits, _ and - with dots between them, as in order.shipped, and have "
                + $"{MostNameCharacters} characters at most.");
        }
        else if (OperationalEvents.Find(type.Name) is not null)
        {
            errors.Add(path + "name", $"'{type.Name}' tells of webhooks themselves. Use another name.");
        }

        CheckText(type.Category, MostCategoryCharacters, path + "category", errors);
        CheckText(type.Description, MostDescriptionCharacters, path + "description", errors);
        var before = errors.Count;
        CheckJson(type.Sample, MostSampleBytes, path + "sample", errors);
        if (type.Schema is null)
        {
            if (type.Validate)
            {
                errors.Add(path + "validate", "There is no schema to hold data against. Give one, too.");
            }

            return;
        }

        CheckJson(type.Schema, DataSchema.MostBytes, path + "schema", errors);
        if (errors.Count > before)
        {
            return;
        }

        if (DataSchema.Compile(type.Schema, out var problem) is not { } schema)
        {
            errors.Add(path + "schema", problem!);
        }
        else if (type.Sample != EmptySample)
        {
            schema.Check(Encoding.UTF8.GetBytes(type.Sample), path + "sample", errors);
        }
    }

    private static void CheckText(string text, int mostCharacters, string field, FieldErrors errors)
    {
        var length = text.EnumerateRunes().Count();
        if (length > mostCharacters || text.Any(character => char.IsControl(character) && character != '\n'))
        {
            errors.Add(field, $"It may have {mostCharacters} characters, none of them a control character.");
        }
    }

    private static void CheckJson(string json, int mostBytes, string field, FieldErrors errors)
    {
        var utf8 = Encoding.UTF8.GetBytes(json);
        if (utf8.Length > mostBytes)
        {
            errors.Add(field, $"It may have {mostBytes} bytes.");
        }
        else if (!json.StartsWith('{'))
        {
            errors.Add(field, "It must be a JSON object.");
        }
        else
        {
            new JsonbInspection(errors, field, EventMessageReader.MaxDepth - 1).Run(utf8);
        }
    }

    [GeneratedRegex(NamePattern + "(?!\n)", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
