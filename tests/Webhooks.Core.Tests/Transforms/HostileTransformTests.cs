using Webhooks.Core.Transforms;

namespace Webhooks.Core.Tests.Transforms;

/// <summary>Scripts that mean harm: each fails clearly, and the process keeps its memory and its life.</summary>
public sealed class HostileTransformTests
{
    private const string Text = "var s='x'.repeat(500000);";
    private const string Elements = "var a=new Array(60000).fill(1);";

    private static readonly TransformInput _input = new("user.created", """{"data":{}}""");

    [Theory]
    [InlineData("while(true){}", "50000 statements")]
    [InlineData("for(;;);", "50000 statements")]
    [InlineData("do continue; while(1)", "50000 statements")]
    [InlineData("try { while(true); } finally { while(true); }", "50000 statements")]
    [InlineData("var t='a'.repeat(400000),u='a'.repeat(399999)+'b';for(;;)t.localeCompare(u)", "50 ms")]
    public void An_endless_loop_ends(string body, string message) => Fails(body, message);

    [Theory]
    [InlineData("return handler(w)", "64 levels")]
    [InlineData("var o={get a(){return this.a}}; return o.a", "64 levels")]
    [InlineData("function f(){return [1].map(f)} return f()", "64 levels")]
    [InlineData("function f(){return 'a'.replace('a',f)} return f()", "64 levels")]
    [InlineData("function f(){return [2,1].sort(f)} return f()", "64 levels")]
    [InlineData("return JSON.stringify({toJSON(){return JSON.stringify(this)}})", "levels")]
    [InlineData("var o={};for(var i=0;i<3000;i++){let p=o;o={get a(){return p.a}}} return o.a", "deep")]
    [InlineData("var a=1;for(var i=0;i<20000;i++)a=[a]; return a+''", "deep")]
    [InlineData("var a=1;for(var i=0;i<20000;i++)a=[a]; return {payload:a}", "deep")]
    [InlineData("var a=1;for(var i=0;i<20000;i++)a={a}; return JSON.stringify(a)", "deep")]
    [InlineData("var a={};a.a=a; return {payload:a}", "deep")]
    [InlineData("var a=[];a[0]=a;a[1]=a; return a.flat(Infinity)", "deep")]
    [InlineData("return JSON.parse('['.repeat(40000)+']'.repeat(40000))", "depth")]
    public void Deep_recursion_ends(string body, string message) => Fails(body, message);

    [Fact]
    public void Functions_that_call_one_another_end_before_the_stack_does()
    {
        var functions = string.Concat(Enumerable.Range(0, 1200).Select(n => $"function f{n}(){{return f{(n + 1) % 1200}()+1}}\n"));
        Assert.Contains("deep", Failed(functions + "function handler(w){return f0()}").Message, StringComparison.Ordinal);

        var mapped = string.Concat(Enumerable.Range(0, 900).Select(n => $"function f{n}(){{return [1].map(f{(n + 1) % 900})}}\n"));
        Assert.Contains("deep", Failed(mapped + "function handler(w){return f0()}").Message, StringComparison.Ordinal);

        var caught = string.Concat(Enumerable.Range(0, 700).Select(
            n => $"function f{n}(){{try{{return f{(n + 1) % 700}()}}catch(e){{return 1}}}}\n"));
        Assert.IsType<TransformOutcome.Failed>(Run(caught + "function handler(w){return f0()}"));
    }

    [Fact]
    public void Text_of_a_gigabyte_is_not_made()
    {
        string[] bodies =
        [
            "return 'x'.repeat(2**29)", "return 'x'.padStart(2**29)", "return 'x'.padEnd(2**29)", Text + "return new Array(2000).join(s)",
            Text + "return [" + Repeat("s", 300) + "]+''", Text + "return s.concat(" + Repeat("s", 300) + ")",
            Text + "return `" + string.Concat(Enumerable.Repeat("${s}", 50)) + "`",
            Text + "return `" + Nested(8) + "`",
            Text + "return " + string.Join('+', Enumerable.Repeat("s", 90)),
            Text + "var a,b,c,d,e;return (a=s+s,b=a+a,c=b+b,d=c+c,e=d+d,e)", Text + "var d=x=>x+x;return d(d(d(d(d(d(d(s)))))))",
            Text + "for(;;)s+=s", "return 'x'.repeat(400000).replace(/x/g,\"$'\")",
            "return 'x'.repeat(400000).replaceAll('x','y'.repeat(400000))",
            "return 'x'.repeat(400000).replaceAll('x',()=>'y'.repeat(40000))",
            "var s='%'.repeat(500000);return encodeURIComponent(encodeURIComponent(encodeURIComponent(s)))",
            Text + "return JSON.stringify(new Array(2000).fill(s))", Text + "return {payload:new Array(2000).fill(s)}",
            Text + "var a=[];for(var i=0;i<8000;i++)a.push(s.slice(i));return a.sort()",
            Text + "var a=[];for(var i=0;i<8000;i++)a.push(i);return new Set(a.map(String.prototype.slice,s)).size",
            Text + "var a=[];for(var i=0;i<8000;i++)a.push(s.slice(i)+'y');return new Set(a).size",
            Text + "var b=[s];return new Array(2000).fill(b).join()",
            Text + "var o={toString(){return s}};return new Array(2000).fill(o).join()",
            Text + "var o={toString:()=>s};return new Array(2000).fill(o)+''",
            Text + "return ({length:100000,join:[].join}).join(s)", Text + "return new String(s).concat(" + Repeat("s", 300) + ")",
            Text + "var o={toString:()=>s,concat:''.concat};return o.concat(" + Repeat("o", 300) + ")",
            Text + "return ({length:1,0:new Array(9000).fill(new Array(9000).fill(1)),flat:[].flat}).flat(9)",
            Text + "return s.anchor(s)", "return String.raw({raw:['" + new string('x', 100) + "']})",
        ];
        KeepsMemory(bodies);
    }

    [Fact]
    public void Memory_is_bounded()
    {
        string[] bodies =
        [
            "return new Array(1e9).fill(0)", "return new Array(4294967295).fill()", "var a=[];a[4294967294]=1;return a.join('')",
            "return Array.from({length:1e9})", "return Array.prototype.map.call({length:4e9},x=>1)", "return new Uint8Array(2**30)",
            "return new ArrayBuffer(2**30)", "return new Array(9000).fill(new Array(9000).fill(1)).flat()",
            "var a=new Array(9000).fill(1);return new Array(9000).fill(1).flatMap(()=>a)",
            Elements + "return [" + Repeat("...a", 300) + "]", Elements + "return Math.max(" + Repeat("...a", 300) + ")",
            Elements + "return a.concat(" + Repeat("a", 300) + ")", Elements + "return [" + Repeat("a.slice()", 2000) + "]",
            Elements + "return [" + Repeat("[...a]", 2000) + "]", Elements + "return new Array(3000).fill(0).map(Array.prototype.slice,a)",
            Elements + "return new Array(3000).fill(a).map(Object.keys)",
            "var o={};for(var i=0;i<4000;i++)o['k'+i]=i;return [" + Repeat("{...o}", 2000) + "]",
            "var a=[];for(;;)a.push({b:[]})", "var m=new Map();for(var i=0;;i++)m.set('k'+i,i)", "for(;;)new Error('x')",
            "return 'x'.repeat(500000).split('')", "return (new RegExp('('.repeat(100000)))",
            "return 'x'.match('('.repeat(100000)+')'.repeat(100000))",
        ];
        KeepsMemory(bodies);
    }

    [Theory]
    [InlineData("return /^(a+)+$/.test('a'.repeat(40)+'!')")]
    [InlineData("for(;;)try{/^(a+)+$/.test('a'.repeat(40)+'!')}catch(e){}")]
    [InlineData("return 'a'.repeat(40).concat('!').replace(/^(a+)+$/,'')")]
    [InlineData("return ('a'.repeat(40)+'!').match('^(a+)+$')")]
    public void A_regular_expression_without_an_end_ends(string body) => Fails(body, "50 ms");

    [Theory]
    [InlineData("eval('1')", "eval")]
    [InlineData("new Function('return 1')", "Function")]
    [InlineData("(function(){}).constructor('return 1')()", "")]
    [InlineData("(()=>1).constructor.constructor('return 1')()", "")]
    [InlineData("setTimeout(()=>1)", "setTimeout")]
    [InlineData("fetch('http://localhost')", "fetch")]
    [InlineData("require('fs')", "require")]
    [InlineData("process.exit(1)", "process")]
    [InlineData("System.IO.File.ReadAllText('/etc/passwd')", "System")]
    [InlineData("importNamespace('System')", "importNamespace")]
    [InlineData("new Proxy({},{})", "Proxy")]
    [InlineData("return new Proxy({payload:{}},{get(){for(;;);}})", "Proxy")]
    [InlineData("Reflect.ownKeys({})", "Reflect")]
    [InlineData("Promise.resolve(1)", "Promise")]
    [InlineData("Math.random()", "random")]
    [InlineData("BigInt(2)**BigInt(1e9)", "BigInt")]
    [InlineData("globalThis.x", "globalThis")]
    [InlineData("Symbol('x')", "Symbol")]
    [InlineData("new Atomics.wait()", "Atomics")]
    [InlineData("[].values().map(x=>x)", "map")]
    [InlineData("handler.bind(null)", "bind")]
    [InlineData("handler.call(null)", "call")]
    [InlineData("new RegExp('a')", "RegExp")]
    [InlineData("new (/a/.constructor)('b').compile('c')", "")]
    [InlineData("new Intl.NumberFormat()", "Intl")]
    [InlineData("JSON.stringify({},()=>1)", "replacer")]
    public void What_a_transform_has_no_use_for_is_not_there(string body, string message) => Fails(body, message);

    [Theory]
    [InlineData("return {payload:{get a(){throw new Error('got you')}}}", "got you")]
    [InlineData("return {get payload(){throw new Error('got you')}}", "got you")]
    [InlineData("return {payload:{a:1},get headers(){throw new Error('got you')}}", "got you")]
    [InlineData("return {payload:{toJSON(){throw new Error('got you')}}}", "got you")]
    [InlineData("return {payload:{toJSON(){for(;;);}}}", "50000 statements")]
    [InlineData("return {payload:{get a(){for(;;);}}}", "50000 statements")]
    [InlineData("return {payload:{toJSON(){return {toJSON(){return this},a:this}}}}", "levels")]
    [InlineData("throw {toString(){for(;;);}}", "")]
    [InlineData("throw {get message(){for(;;);}}", "")]
    [InlineData("var e=new Error('x');Object.defineProperty(e,'message',{get(){for(;;);}});throw e", "")]
    [InlineData("throw undefined", "")]
    [InlineData("throw 'x'.repeat(500000)", "xxx")]
    [InlineData("return {payload:{a:'x'.repeat(300000)}}", "262144 bytes")]
    public void What_runs_when_it_is_looked_at_is_within_the_limits(string body, string message)
    {
        var error = Failed($"function handler(w) {{ {body} }}");

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.True(error.Message.Length <= TransformLimits.MessageCharacters + 1);
    }

    [Fact]
    public void A_run_leaves_nothing_to_the_next()
    {
        const string Polluting = """
            var runs = 0;
            function handler(w) {
                runs++;
                const before = {x: ({}).x, m: Math.own, p: [].own, n: runs};
                Object.prototype.x = 'polluted';
                Array.prototype.own = 'polluted';
                Math.own = 'polluted';
                JSON.stringify = () => 'polluted';
                Object.keys = () => 'polluted';
                this;
                return {payload: before};
            }
            """;
        var script = TransformCompiler.Compile(Polluting, out _)!;
        using var runner = new TransformRunner(new WebhooksOptions());

        for (var run = 0; run < 20; run++)
        {
            Assert.Equal("""{"n":1}""", Assert.IsType<TransformOutcome.Changed>(Run(runner, script)).Body);
        }
    }

    [Theory]
    [InlineData("(", "1", ")")]
    [InlineData("[", "1", "]")]
    [InlineData("()=>", "1", "")]
    [InlineData("1+", "1", "")]
    [InlineData("{", "", "}")]
    [InlineData("if(1)", ";", "")]
    [InlineData("a.b(", "", ")")]
    [InlineData("`${", "1", "}`")]
    [InlineData("- ", "1", "")]
    [InlineData("new ", "a", "")]
    [InlineData("/(", "", ")/")]
    [InlineData("a=>{", "", "}")]
    [InlineData("a?.b", "", "")]
    [InlineData("w.a", "", "")]
    public void A_source_that_is_nested_without_end_is_refused_or_runs(string open, string core, string close)
    {
        var times = (TransformLimits.SourceCharacters - 100) / (open.Length + close.Length);
        var source = "function handler(w){" + string.Concat(Enumerable.Repeat(open, times)) + core
            + string.Concat(Enumerable.Repeat(close, times)) + "}";

        // On a thread with a stack as small as any that reads requests.
        var thread = new Thread(() => TransformCompiler.Compile(source, out _), 1024 * 1024);
        thread.Start();
        thread.Join();

        if (TransformCompiler.Compile(source, out _) is { } script)
        {
            using var runner = new TransformRunner(new WebhooksOptions());
            Assert.IsType<TransformOutcome.Failed>(Run(runner, script));
        }
    }

    private static string Repeat(string what, int times) => string.Join(',', Enumerable.Repeat(what, times));

    private static string Nested(int levels) => levels == 0 ? "${s}" : $"${{`{Nested(levels - 1)}${{s}}`}}";

    private static void Fails(string body, string message) =>
        Assert.Contains(message, Failed($"function handler(w) {{ {body} }}").Message, StringComparison.Ordinal);

    private static void KeepsMemory(string[] bodies)
    {
        foreach (var body in bodies)
        {
            var script = TransformCompiler.Compile($"function handler(w) {{ {body} }}", out var error);
            Assert.True(error is null, $"{body[..Math.Min(80, body.Length)]}: {error?.Text}");
            var allocated = AllocatedBy(() => Assert.IsType<TransformOutcome.Failed>(
                TransformRun.Run(script!, _input, mostBytes: 1_000_000) ?? TransformRun.OutOfTime));
            Assert.True(allocated < 100_000_000, $"{body[..Math.Min(80, body.Length)]}: {allocated / 1e6} MB");
        }
    }

    /// <summary>What a thread of its own allocates, with a stack as large as those that scripts run on.</summary>
    private static long AllocatedBy(Action run)
    {
        var allocated = 0L;
        Exception? failure = null;
        var thread = new Thread(
            () =>
            {
                failure = Record.Exception(run);
                allocated = GC.GetAllocatedBytesForCurrentThread();
            },
            TransformThreads.StackBytes);
        thread.Start();
        thread.Join();
        Assert.Null(failure);
        return allocated;
    }

    private static TransformError Failed(string source) => Assert.IsType<TransformOutcome.Failed>(Run(source)).Error;

    private static TransformOutcome Run(string source)
    {
        var script = TransformCompiler.Compile(source, out var error);
        Assert.True(error is null, error?.Text);
        using var runner = new TransformRunner(new WebhooksOptions());
        return Run(runner, script!);
    }

    private static TransformOutcome Run(TransformRunner runner, TransformScript script) =>
        runner.RunAsync(Guid.NewGuid(), script, _input, CancellationToken.None).GetAwaiter().GetResult();
}
