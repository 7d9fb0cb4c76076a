using System.Text.Json;
using Webhooks.Core.Transforms;

namespace Webhooks.Core.Tests.Transforms;

/// <summary>What transforms do with what they are given.</summary>
public sealed class TransformTests
{
    private const string Payload =
        """{"data": {"name": "Ada", "tags": ["a", "b"]}, "event": "user.created", "timestamp": "2026-01-31T18:30:00.000Z"}""";

    [Fact]
    public void A_webhook_that_is_returned_as_it_came_stays_as_it_was()
    {
        var changed = Changed("function handler(webhook) { return webhook; }");

        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(Payload), JsonElement.Parse(changed.Body)));
        Assert.Empty(changed.Headers);
    }

    [Theory]
    [InlineData("return {payload: {text: `${w.event}: ${w.payload.data.name}!`}};", """{"text":"user.created: Ada!"}""")]
    [InlineData("return {payload: {text: `${w.event}: ${w.payload.data.tags}` + ` ${1 + 1}`}};", """{"text":"user.created: a,b 2"}""")]
    [InlineData("w.payload.data.name += '?'; return {payload: w.payload.data};", """{"name":"Ada?","tags":["a","b"]}""")]
    [InlineData("const {name, ...rest} = w.payload.data; return {payload: {rest, n: w.payload.none?.of.it ?? 'no'}};", """{"rest":{"tags":["a","b"]},"n":"no"}""")]
    [InlineData("return {payload: [...w.payload.data.tags, 'c'].map(t => t.toUpperCase())};", """["A","B","C"]""")]
    [InlineData("return {payload: {at: new Date(), now: Date.now(), day: new Date(2020, 1, 1)}};", """{"at":"2026-01-31T18:30:00.000Z","now":1769884200000,"day":"2020-02-01T00:00:00.000Z"}""")]
    [InlineData("return {payload: {a: undefined, b: () => 1, c: [undefined], d: NaN, e: -0, f: 1e21, g: 0.1, h: null}};", """{"c":[null],"d":null,"e":0,"f":1e+21,"g":0.1,"h":null}""")]
    [InlineData("return {payload: {s: JSON.stringify({a: [1, 'ä\\u0000']}), p: JSON.parse('[1]')}};", """{"s":"{\"a\":[1,\"ä\\u0000\"]}","p":[1]}""")]
    [InlineData("return {payload: {r: 'a-b-c'.replace(/-(.)/g, '[$1|$&|$$]'), n: 'a-b'.replaceAll('-', \"$'\"), f: 'ab'.replace(/(?<x>a)/, (m) => m + m), g: 'ab'.replace(/(?<x>a)/, '$<x>$<x>')}};", """{"r":"a[b|-b|$][c|-c|$]","n":"abb","f":"aab","g":"aab"}""")]
    [InlineData("return {payload: {m: 'a1b2'.match(/\\d/g), s: 'a1b2'.split(/\\d/), t: /b/.test('abc'), j: [1, [2, [3]]].flat().length, k: Object.entries({a: 1})}};", """{"m":["1","2"],"s":["a","b",""],"t":true,"j":3,"k":[["a",1]]}""")]
    [InlineData("delete w.payload?.data; return {payload: {d: 'data' in w.payload, x: new Map([['a', 1]]).get('a'), s: [...new Set([1, 1])]}};", """{"d":false,"x":1,"s":[1]}""")]
    [InlineData("return {payload: {toJSON() { return {own: 1}; }}};", """{"own":1}""")]
    [InlineData("return {payload: {half: '\\ud800'}};", "{\"half\":\"\uFFFD\"}")]
    [InlineData("let {a = `x${1}` + 'y', b: {c} = {c: 2}} = {}; return {payload: {a, c}};", """{"a":"x1y","c":2}""")]
    [InlineData("let a = 1\nlet b = [a]\nlet c = `${b}`\nreturn {payload: {c: c + a}}", """{"c":"11"}""")]
    public void Scripts_are_ordinary_JavaScript(string body, string expected)
    {
        Assert.Equal(expected, Changed($"function handler(w) {{ {body} }}").Body);
    }

    [Fact]
    public void Functions_beside_the_handler_and_arrow_functions_can_be_used()
    {
        var changed = Changed("const twice = x => x + x; const handler = (webhook) => ({payload: {n: twice('ab')}});");

        Assert.Equal("""{"n":"abab"}""", changed.Body);
    }

    [Fact]
    public void Headers_are_what_the_handler_returns()
    {
        var changed = Changed("function handler(w) { w.headers['X-Kind'] = w.event; return w; }");

        Assert.Equal([KeyValuePair.Create("X-Kind", "user.created")], changed.Headers);
    }

    [Fact]
    public void Cancel_is_told()
    {
        Assert.IsType<TransformOutcome.Canceled>(Run("function handler(w) { return {cancel: true}; }"));
        Assert.IsType<TransformOutcome.Changed>(Run("function handler(w) { w.cancel = false; return w; }"));
    }

    [Theory]
    [InlineData("", "did not return an object")]
    [InlineData("return [1];", "did not return an object")]
    [InlineData("return {};", "no payload")]
    [InlineData("return {payload: 'text'};", "no payload")]
    [InlineData("return {payload: () => 1};", "no payload")]
    [InlineData("return {payload: {toJSON() { return 5; }}};", "no payload")]
    [InlineData("return {payload: {}, headers: 5};", "are no object")]
    [InlineData("return {payload: {}, headers: {'X-A': 5}};", "must be a string")]
    [InlineData("return {payload: {}, headers: {'Content-Type': 'text/plain'}};", "cannot set this header")]
    [InlineData("return {payload: {}, headers: {'webhook-id': '1'}};", "cannot set this header")]
    [InlineData("return {payload: {}, headers: {'X-A': 'a\\r\\nX-B: c'}};", "printable ASCII")]
    public void What_cannot_be_sent_fails(string body, string message)
    {
        Assert.Contains(message, Failed($"function handler(w) {{ {body} }}").Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("throw new Error('because')", "because")]
    [InlineData("throw 'because'", "because")]
    [InlineData("return w.none.of.it", "Cannot read properties of undefined")]
    [InlineData("return `${w.none.of.it}`", "Cannot read properties of undefined")]
    [InlineData("return [1].map(x => x + w.none.of.it)", "Cannot read properties of undefined")]
    [InlineData("undeclared = 1", "undeclared")]
    public void What_a_script_throws_is_told_with_its_line(string statement, string message)
    {
        var error = Failed($"function handler(w) {{\n  // why\n  {statement};\n}}");

        Assert.Equal(3, error.Line);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("function handler(w) {\n  return w", 2, "Unexpected end")]
    [InlineData("function handler(w) {\n  let let = 1; }", 2, "reserved word")]
    [InlineData("function hander(w) { return w }", null, "no function handler")]
    [InlineData("", null, "no function handler")]
    [InlineData("function handler(w) { return 1n }", 1, "integers of any size")]
    [InlineData("function* handler(w) { yield w }", 1, "generators")]
    [InlineData("async function handler(w) { return w }", 1, "asynchronous")]
    [InlineData("function handler(w) {\n\nclass A {} }", 3, "classes")]
    [InlineData("function handler(w) { return w`a` }", 1, "tagged templates")]
    [InlineData("import('fs'); function handler(w) { return w }", 1, "modules")]
    [InlineData("with (Math) { } function handler(w) { return w }", 1, "with")]
    [InlineData("function handler(w) { return /(/ }", 1, "regular expression")]
    public void What_is_no_transform_is_refused_with_its_line(string source, int? line, string message)
    {
        Assert.Null(TransformCompiler.Compile(source, out var error));

        Assert.Equal(line, error!.Line);
        Assert.Contains(message, error.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void A_source_is_bounded()
    {
        Assert.Null(TransformCompiler.Compile(new string(' ', TransformLimits.SourceCharacters + 1), out var error));
        Assert.Contains("51200", error!.Message, StringComparison.Ordinal);
    }

    private static TransformOutcome.Changed Changed(string source) => Assert.IsType<TransformOutcome.Changed>(Run(source));

    private static TransformError Failed(string source) => Assert.IsType<TransformOutcome.Failed>(Run(source)).Error;

    private static TransformOutcome Run(string source)
    {
        var script = TransformCompiler.Compile(source, out var error);
        Assert.Null(error);
        using var runner = new TransformRunner(new WebhooksOptions());
        return runner.RunAsync(Guid.NewGuid(), script!, new TransformInput("user.created", Payload), CancellationToken.None)
            .GetAwaiter().GetResult();
    }
}
