using System.Diagnostics;
using System.Text;
using Webhooks.Core.Events;
using Webhooks.Core.EventTypes;

namespace Webhooks.Core.Tests.EventTypes;

public sealed class DataSchemaTests
{
    [Theory]
    [InlineData("""{"required":["id"],"properties":{"id":{"type":"string"}}}""", """{"id":"usr_1"}""", "")]
    [InlineData("""{"required":["id"]}""", """{}""", "data")]
    [InlineData("""{"properties":{"id":{"type":"string"}}}""", """{"id":1}""", "data.id")]
    [InlineData("""{"properties":{"lines":{"items":{"properties":{"n":{"minimum":1}}}}}}""",
        """{"lines":[{"n":1},{"n":0}]}""", "data.lines[1].n")]
    [InlineData("""{"properties":{"a":true},"additionalProperties":false}""", """{"a":1,"b":2}""", "data.b")]
    [InlineData("""{"allOf":[{"properties":{"a":true}}],"unevaluatedProperties":false}""", """{"a":1}""", "")]
    [InlineData("""{"allOf":[{"properties":{"a":true}}],"unevaluatedProperties":false}""", """{"a":1,"b":2}""", "data.b")]
    [InlineData("""{"patternProperties":{"^n_":{"type":"integer"}},"additionalProperties":false}""", """{"n_a":1}""", "")]
    [InlineData("""{"patternProperties":{"^n_":{"type":"integer"}},"additionalProperties":false}""", """{"n_a":"x"}""", "data.n_a")]
    [InlineData("""{"if":{"properties":{"a":{"const":1}}},"then":{"required":["b"]},"else":{"required":["c"]}}""",
        """{"a":1,"b":1}""", "")]
    [InlineData("""{"if":{"properties":{"a":{"const":1}}},"then":{"required":["b"]},"else":{"required":["c"]}}""", """{"a":1}""", "data")]
    [InlineData("""{"if":{"properties":{"a":{"const":1}}},"then":{"required":["b"]},"else":{"required":["c"]}}""", """{"a":2}""", "data")]
    [InlineData("""{"properties":{"t":{"contains":{"type":"integer"},"maxContains":1}}}""", """{"t":[1,2]}""", "data.t")]
    [InlineData("""{"properties":{"t":{"contains":{"type":"integer"},"minContains":0}}}""", """{"t":["a"]}""", "")]
    [InlineData("""{"properties":{"t":{"prefixItems":[{"type":"integer"}],"items":{"type":"string"}}}}""", """{"t":[1,2]}""", "data.t[0]")]
    [InlineData("""{"properties":{"t":{"prefixItems":[{"type":"integer"}],"unevaluatedItems":false}}}""", """{"t":[1]}""", "")]
    [InlineData("""{"properties":{"t":{"prefixItems":[{"type":"integer"}],"unevaluatedItems":false}}}""", """{"t":[1,2]}""", "data.t[1]")]
    [InlineData("""{"propertyNames":{"maxLength":1}}""", """{"ab":1}""", "data.ab")]
    [InlineData("""{"properties":{"a":{"$ref":"#/$defs/x"}},"$defs":{"x":{"type":"integer"}}}""", """{"a":"x"}""", "data.a")]
    [InlineData("""{"properties":{"a":{"$ref":"#x"}},"$defs":{"b":{"$anchor":"x","type":"integer"}}}""", """{"a":"x"}""", "data.a")]
    [InlineData("""{"properties":{"a":{"$ref":"#/allOf/0"}},"allOf":[{"type":"object"}]}""", """{"a":"x"}""", "data.a")]
    [InlineData("""{"properties":{"child":{"$ref":"#"}},"required":["id"]}""", """{"id":1,"child":{"id":2,"child":{}}}""",
        "data.child.child")]
    [InlineData("""{"$schema":"https://json-schema.org/draft/2020-12/schema","not":{"required":["a"]}}""", """{"a":1}""", "data")]
    [InlineData("""{"x-owner":"billing","example":{"a":1},"type":"object"}""", """{}""", "")]
    [InlineData("""{"properties":{"at":{"format":"date-time"}}}""", """{"at":"yesterday"}""", "")]
    [InlineData("""{"properties":{"a":{"enum":[1,"x",{"b":1,"c":[2]}]}}}""", """{"a":{"c":[2.0],"b":1e0}}""", "")]
    [InlineData("""{"properties":{"a":{"enum":[1,"x",{"b":1,"c":[2]}]}}}""", """{"a":{"c":[3],"b":1}}""", "data.a")]
    [InlineData("""{"properties":{"a":{"const":1e300}}}""", """{"a":10e299}""", "")]
    [InlineData("""{"properties":{"a":{"const":1e300}}}""", """{"a":1e301}""", "data.a")]
    [InlineData("""{"properties":{"a":{"uniqueItems":true}}}""", """{"a":[1,"1",[1],{"a":1},1e300,true,null,2e300]}""", "")]
    [InlineData("""{"properties":{"a":{"uniqueItems":true}}}""", """{"a":[{"a":1,"b":2},{"b":2.0,"a":1}]}""", "data.a")]
    [InlineData("""{"properties":{"a":{"uniqueItems":false}}}""", """{"a":[1,1]}""", "")]
    [InlineData("""{"properties":{"a":{"type":"integer","minimum":1}}}""", """{"a":1e300}""", "")]
    [InlineData("""{"properties":{"a":{"maximum":100}}}""", """{"a":1e300}""", "data.a")]
    [InlineData("""{"properties":{"a":{"exclusiveMinimum":0,"exclusiveMaximum":1}}}""", """{"a":1e-300}""", "")]
    [InlineData("""{"properties":{"a":{"multipleOf":0.01}}}""", """{"a":19.99}""", "")]
    [InlineData("""{"properties":{"a":{"multipleOf":0.01}}}""", """{"a":19.999}""", "data.a")]
    public void Data_fits_a_schema_or_is_told_where_it_does_not(string schema, string data, string paths) =>
        Assert.Equal(paths, string.Join(' ', Check(schema, data).Keys));

    [Theory]
    [InlineData("""{"type":"nonsense"}""", "nonsense")]
    [InlineData("""{"properties":[]}""", "properties")]
    [InlineData("""{"pattern":"("}""", "Invalid pattern")]
    [InlineData("""{"pattern":"(?=a)b"}""", "lookahead")]
    [InlineData("""{"pattern":"(a)\\1"}""", "backreference")]
    [InlineData("""{"pattern":"((a{1000}){1000}){1000}"}""", "automata")]
    [InlineData("""{"patternProperties":{"(?<=a)b":true}}""", "lookbehind")]
    [InlineData("""{"$ref":"#/nowhere"}""", "nowhere")]
    [InlineData("""{"$ref":"#/allOf/1","allOf":[true]}""", "nowhere")]
    [InlineData("""{"properties":{"a":{"$ref":"#b"}}}""", "nowhere")]
    [InlineData("""{"$ref":"https://example.com/schema.json"}""", "nothing is fetched")]
    [InlineData("""{"properties":{"a":{"$ref":"other.json#/x"}}}""", "nothing is fetched")]
    [InlineData("""{"$schema":"http://json-schema.org/draft-07/schema#"}""", "$schema")]
    [InlineData("""{"properties":{"a":{"$schema":"https://json-schema.org/draft/2020-12/schema"}}}""", "$schema")]
    [InlineData("""{"$id":"https://example.com/x"}""", "$id")]
    [InlineData("""{"$dynamicAnchor":"x","allOf":[{"$dynamicRef":"#x"}]}""", "$dynamicRef")]
    [InlineData("""{"$ref":"#"}""", "Cycle")]
    [InlineData("""{"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}}}""", "Cycle")]
    [InlineData("[]", "JSON object")]
    public void A_schema_that_cannot_be_used_is_refused_with_the_reason(string schema, string reason)
    {
        Assert.Null(DataSchema.Compile(schema, out var problem));
        Assert.Contains(reason, problem, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void A_schema_that_is_too_deep_or_too_large_is_refused()
    {
        var deep = string.Concat(Enumerable.Repeat("""{"not":""", 40)) + "{}" + new string('}', 40);
        var wide = """{"enum":[""" + string.Join(',', Enumerable.Range(0, 6000)) + "]}";

        Assert.Null(DataSchema.Compile(deep, out var tooDeep));
        Assert.Null(DataSchema.Compile(wide, out var tooWide));
        Assert.Contains("levels", tooDeep, StringComparison.Ordinal);
        Assert.Contains("values", tooWide, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"allOf":[{"$ref":"#"}]}""")]
    [InlineData("""{"anyOf":[{"not":{"$ref":"#"}}]}""")]
    [InlineData("""{"if":{"$ref":"#/$defs/a"},"$defs":{"a":{"dependentSchemas":{"a":{"$ref":"#"}}}}}""")]
    public void A_schema_that_refers_to_itself_without_end_refuses_data_and_harms_nobody(string schema) =>
        Assert.Contains("too many steps", Assert.Single(Check(schema, """{"a":1}""")["data"]), StringComparison.Ordinal);

    [Fact]
    public void A_schema_whose_references_double_at_each_level_is_given_up_in_time()
    {
        const string Doubling = """{"properties":{"u":{"allOf":[{"$ref":"#"},{"$ref":"#"}]}}}""";
        var chained = "{" + string.Join(',', """ "$ref":"#/$defs/a0" """, """ "$defs":{"a25":{} """)
            + string.Concat(Enumerable.Range(0, 25).Select(
                level => $$""","a{{level}}":{"allOf":[{"$ref":"#/$defs/a{{level + 1}}"},{"$ref":"#/$defs/a{{level + 1}}"}]}""")) + "}}";
        var nested = string.Concat(Enumerable.Repeat("""{"u":""", 50)) + "1" + new string('}', 50);
        var started = Stopwatch.GetTimestamp();

        Assert.Contains("too many steps", Check(Doubling, nested)["data"][0], StringComparison.Ordinal);
        Assert.Contains("too many steps", Check(chained, "{}")["data"][0], StringComparison.Ordinal);

        // Without a bound it takes days.
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void A_pattern_that_backtracks_is_matched_in_linear_time()
    {
        const string Schema = """{"properties":{"a":{"pattern":"^(a+)+$"}},"patternProperties":{"^(b+)+$":true},"additionalProperties":true}""";
        var data = $$"""{"a":"{{new string('a', 5_000)}}!","{{new string('b', 5_000)}}!":1}""";

        Assert.Equal(["data.a"], Check(Schema, data).Keys);
    }

    [Theory]
    [InlineData("""{"minimum":50}""", "31.25")]
    [InlineData("""{"maximum":5}""", "31.25")]
    [InlineData("""{"exclusiveMinimum":50}""", "31.25")]
    [InlineData("""{"exclusiveMaximum":5}""", "31.25")]
    [InlineData("""{"multipleOf":2}""", "31.25")]
    [InlineData("""{"type":"boolean","const":1,"enum":[2]}""", "31.25")]
    [InlineData("""{"pattern":"^x","minLength":10,"maxLength":1,"type":"number"}""", "\"31.25\"")]
    [InlineData("""{"uniqueItems":true,"minItems":9,"contains":{"type":"string"},"items":{"minimum":50}}""", "[31.25,31.25]")]
    [InlineData("""{"required":["b"],"additionalProperties":false,"propertyNames":{"maxLength":1}}""", """{"31.25":31.25}""")]
    public void What_is_told_holds_nothing_of_the_data(string schema, string value)
    {
        var errors = Check($$$"""{"properties":{"a":{{{schema}}}}}""", $$$"""{"a":{{{value}}}}""");

        Assert.NotEmpty(errors);
        Assert.All(errors.SelectMany(error => error.Value), message => Assert.DoesNotContain("31", message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"properties":{"a":{"multipleOf":0.01,"minimum":1,"maximum":5,"type":"integer"}}}""")]
    [InlineData("""{"properties":{"a":{"uniqueItems":true,"minLength":1e300}}}""")]
    [InlineData("""{"properties":{"a":{"minimum":1e300}}}""")]
    public void No_number_makes_it_fail(string schema)
    {
        foreach (var number in (string[])["1e300", "-1e300", "1e-300", new string('9', 400), "0." + new string('3', 400)])
        {
            if (DataSchema.Compile(schema, out _) is { } compiled)
            {
                compiled.Check(Encoding.UTF8.GetBytes($$$"""{"a":{{{number}}}}"""), "data", new FieldErrors());
                compiled.Check(Encoding.UTF8.GetBytes($$"""{"a":[{{number}},{{number}}]}"""), "data", new FieldErrors());
            }
        }
    }

    [Fact]
    public void Comparing_many_values_with_many_takes_no_longer_than_looking_at_each()
    {
        var numbers = string.Join(',', Enumerable.Range(10_000, 40_000));
        var many = string.Join(',', Enumerable.Range(0, 4_900));
        var started = Stopwatch.GetTimestamp();

        Assert.Empty(Check("""{"properties":{"a":{"uniqueItems":true}}}""", $$"""{"a":[{{numbers}}]}"""));
        Assert.Empty(Check(
            $$"""{"properties":{"a":{"minContains":0,"contains":{"enum":[{{many}}]} } } }""", $$"""{"a":[{{numbers}}]}"""));

        // Each with each, they are a billion.
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void A_large_event_of_an_ordinary_schema_is_held_against_it()
    {
        var data = """{"lines":[""" + string.Join(',', Enumerable.Repeat("""{"id":1,"name":"x"}""", 5_000)) + "]}";

        Assert.Empty(Check("""{"properties":{"lines":{"items":{"required":["id"],"properties":{"id":{"type":"integer"}}}}}}""", data));
    }

    private static IReadOnlyDictionary<string, string[]> Check(string schema, string data)
    {
        var compiled = DataSchema.Compile(schema, out var problem);
        Assert.Null(problem);
        var errors = new FieldErrors();
        compiled!.Check(Encoding.UTF8.GetBytes(data), "data", errors);
        return errors.ToDictionary();
    }
}
