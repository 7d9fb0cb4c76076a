using System.Text.Json;
using System.Text.RegularExpressions;
using Json.Schema;
using Json.Schema.Keywords;

namespace Webhooks.Core.EventTypes;

/// <summary>
/// JSON Schema 2020-12 whose evaluation is bounded: every keyword that applies others spends from a budget, so that what a $ref repeats is
/// counted where it is applied, and regular expressions run in time that is linear in the text. The library has no bounds of its own.
/// </summary>
internal static class BoundedDialect
{
    /// <summary>The meta-schema that it stands for.</summary>
    public const string Id = "https://json-schema.org/draft/2020-12/schema";

    private static readonly Vocabulary[] _vocabularies =
    [
        Vocabulary.Draft202012_Core, Vocabulary.Draft202012_Applicator, Vocabulary.Draft202012_Unevaluated,
        Vocabulary.Draft202012_Validation, Vocabulary.Draft202012_MetaData, Vocabulary.Draft202012_FormatAnnotation,
        Vocabulary.Draft202012_Content,
    ];

    private static readonly JsonValueComparer _values = new(() => Spend(1));

    /// <summary>What is left of the budget of the evaluation that this thread is in.</summary>
    [ThreadStatic]
    private static int _left;

    /// <summary>
    /// The dialect to build schemas with. A keyword that comes later takes the place of one by its name; the one by its type stays, which
    /// others name that depend on it.
    /// </summary>
    public static Dialect Instance { get; } = new(
        [
            .. _vocabularies.SelectMany(vocabulary => vocabulary.Keywords),
            new Pattern(), new PatternProperties(), new Properties(), new AdditionalProperties(), new PropertyNames(),
            new DependentSchemas(), new Items(), new PrefixItems(), new Contains(), new AllOf(), new AnyOf(), new OneOf(), new Not(),
            new If(), new Then(), new Else(), new Enumeration(), new Constant(), new UniqueItems(),
        ])
    {
        Id = new Uri(Id),
        AllowUnknownKeywords = true,
    };

    // What is told of an event may be logged, and must not hold what it holds: the library's own words begin with the number.
    static BoundedDialect()
    {
        ErrorMessages.Minimum = "Value should be at least [[limit]]";
        ErrorMessages.Maximum = "Value should be at most [[limit]]";
        ErrorMessages.ExclusiveMinimum = "Value should be greater than [[limit]]";
        ErrorMessages.ExclusiveMaximum = "Value should be less than [[limit]]";
        ErrorMessages.MultipleOf = "Value should be a multiple of [[divisor]]";
    }

    /// <summary>Gives the evaluation that this thread begins its budget.</summary>
    /// <param name="evaluations">How many subschemas may be evaluated, over all values.</param>
    public static void Grant(int evaluations) => _left = evaluations;

    /// <param name="context">Where the evaluation is.</param>
    /// <param name="evaluations">How many subschemas the keyword evaluates, at most.</param>
    /// <exception cref="ExhaustedSchemaException">The budget is used up, or the schema refers to itself without end.</exception>
    private static void Spend(EvaluationContext context, int evaluations)
    {
        const int DeepestPath = 512;
        Spend(1 + evaluations);
        if (context.EvaluationPath.SegmentCount > DeepestPath)
        {
            throw new ExhaustedSchemaException();
        }
    }

    private static void Spend(int steps)
    {
        _left -= steps;
        if (_left < 0)
        {
            throw new ExhaustedSchemaException();
        }
    }

    private static int ItemsOf(EvaluationContext context) =>
        context.Instance.ValueKind == JsonValueKind.Array ? context.Instance.GetArrayLength() : 0;

    private static int PropertiesOf(EvaluationContext context) =>
        context.Instance.ValueKind == JsonValueKind.Object ? context.Instance.GetPropertyCount() : 0;

    private static Regex Linear(string pattern) => new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    private sealed class Pattern : PatternKeyword
    {
        public override object? ValidateKeywordValue(JsonElement value)
        {
            base.ValidateKeywordValue(value);
            return Linear(value.GetString()!);
        }
    }

    private sealed class PatternProperties : PatternPropertiesKeyword
    {
        public override object? ValidateKeywordValue(JsonElement value)
        {
            base.ValidateKeywordValue(value);
            return value.EnumerateObject().ToDictionary(member => member.Name, member => Linear(member.Name));
        }

        public override KeywordEvaluation Evaluate(KeywordData keyword, EvaluationContext context)
        {
            Spend(context, PropertiesOf(context) * keyword.Subschemas.Length);
            return base.Evaluate(keyword, context);
        }
    }

    /// <summary>The keyword enum, which does not compare with each of many values, but looks into a set of them.</summary>
    private sealed class Enumeration : IKeywordHandler
    {
        public string Name => "enum";

        public object? ValidateKeywordValue(JsonElement value) => value.ValueKind == JsonValueKind.Array
            ? value.EnumerateArray().ToHashSet(_values)
            : throw new JsonSchemaException("'enum' must be an array");

        public void BuildSubschemas(KeywordData keyword, BuildContext context)
        {
        }

        public KeywordEvaluation Evaluate(KeywordData keyword, EvaluationContext context) => new()
        {
            Keyword = Name,
            IsValid = ((HashSet<JsonElement>)keyword.Value!).Contains(context.Instance),
            Error = "Value should be one of those that the schema lists",
        };
    }

    private sealed class Constant : IKeywordHandler
    {
        public string Name => "const";

        public object? ValidateKeywordValue(JsonElement value) => null;

        public void BuildSubschemas(KeywordData keyword, BuildContext context)
        {
        }

        public KeywordEvaluation Evaluate(KeywordData keyword, EvaluationContext context) => new()
        {
            Keyword = Name,
            IsValid = _values.Equals(keyword.RawValue, context.Instance),
            Error = "Value should be the one that the schema names",
        };
    }

    /// <summary>The keyword uniqueItems, which spends on what it compares: with values of the same hash, that is each with each.</summary>
    private sealed class UniqueItems : UniqueItemsKeyword
    {
        public override KeywordEvaluation Evaluate(KeywordData keyword, EvaluationContext context)
        {
            if (context.Instance.ValueKind != JsonValueKind.Array || keyword.RawValue.ValueKind == JsonValueKind.False)
            {
                return KeywordEvaluation.Ignore;
            }

            Spend(context, ItemsOf(context));
            var seen = new HashSet<JsonElement>(_values);
            return new KeywordEvaluation
            {
                Keyword = Name,
                IsValid = context.Instance.EnumerateArray().All(seen.Add),
                Error = "Two of its values are the same",
            };
        }
    }

    private sealed class Properties : PropertiesKeyword
    {
        public override KeywordEvaluation Evaluate(KeywordData keyword, EvaluationContext context)
        {
            Spend(context, keyword.Subschemas.Length);
            return base.Evaluate(keyword, context);
        }
    }

    private sealed class AdditionalProperties : AdditionalPropertiesKeyword
    {
        public override KeywordEvaluation Evaluate(KeywordData keyword, EvaluationContext context)
        {
            Spend(context, PropertiesOf(context));
            return base.Evaluate(keyword, context);
        }
    }

    private sealed class PropertyNames : PropertyNamesKeyword
    {
        public override KeywordEvaluation Evaluate(KeywordData keyword, EvaluationContext context)
        {
            Spend(context, PropertiesOf(context));
            return base.Evaluate(keyword, context);
        }
    }

    private sealed class Items : ItemsKeyword
    {
        public override KeywordEvaluation Evaluate(KeywordData keyword, EvaluationContext context)
        {
            Spend(context, ItemsOf(context));
            return base.Evaluate(keyword, context);
        }
    }

    private sealed class Contains : ContainsKeyword
    {
        public override KeywordEvaluation Evaluate(KeywordData keyword, EvaluationContext context)
        {
            Spend(context, ItemsOf(context));
            return base.Evaluate(keyword, context);
        }
    }

    private sealed class AllOf : AllOfKeyword
    {
        public override KeywordEvaluation Evaluate(KeywordData keyword, EvaluationContext context)
        {
            Spend(context, keyword.Subschemas.Length);
            return base.Evaluate(keyword, context);
        }
    }

    private sealed class AnyOf : AnyOfKeyword
    {
        public override KeywordEvaluation Evaluate(KeywordData keyword, EvaluationContext context)
        {
            Spend(context, keyword.Subschemas.Length);
            return base.Evaluate(keyword, context);
        }
    }

    private sealed class OneOf : OneOfKeyword
    {
        public override KeywordEvaluation Evaluate(KeywordData keyword, EvaluationContext context)
        {
            Spend(context, keyword.Subschemas.Length);
            return base.Evaluate(keyword, context);
        }
    }

    private sealed class DependentSchemas : DependentSchemasKeyword
    {
        public override KeywordEvaluation Evaluate(KeywordData keyword, EvaluationContext context)
        {
            Spend(context, keyword.Subschemas.Length);
            return base.Evaluate(keyword, context);
        }
    }

    private sealed class PrefixItems : PrefixItemsKeyword
    {
        public override KeywordEvaluation Evaluate(KeywordData keyword, EvaluationContext context)
        {
            Spend(context, keyword.Subschemas.Length);
            return base.Evaluate(keyword, context);
        }
    }

    private sealed class Not : NotKeyword
    {
        public override KeywordEvaluation Evaluate(KeywordData keyword, EvaluationContext context)
        {
            Spend(context, keyword.Subschemas.Length);
            return base.Evaluate(keyword, context);
        }
    }

    private sealed class If : IfKeyword
    {
        public override KeywordEvaluation Evaluate(KeywordData keyword, EvaluationContext context)
        {
            Spend(context, keyword.Subschemas.Length);
            return base.Evaluate(keyword, context);
        }
    }

    private sealed class Then : ThenKeyword
    {
        public override KeywordEvaluation Evaluate(KeywordData keyword, EvaluationContext context)
        {
            Spend(context, keyword.Subschemas.Length);
            return base.Evaluate(keyword, context);
        }
    }

    private sealed class Else : ElseKeyword
    {
        public override KeywordEvaluation Evaluate(KeywordData keyword, EvaluationContext context)
        {
            Spend(context, keyword.Subschemas.Length);
            return base.Evaluate(keyword, context);
        }
    }
}
