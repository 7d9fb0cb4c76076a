using System.Globalization;
using Jint;
using Jint.Native;
using Jint.Native.Json;
using Jint.Native.Object;
using Jint.Runtime;
using Jint.Runtime.Descriptors;
using Jint.Runtime.Interop;

namespace Webhooks.Core.Transforms;

/// <summary>A world in which one script runs once. It is entered once: the interpreter counts anew at each entry.</summary>
internal sealed class TransformEngine : IDisposable
{
    private readonly TransformClock _clock = new();
    private readonly Engine _engine;
    private TransformOutcome? _outcome;

    /// <param name="mostBytes">Bytes of the body that it may make.</param>
    public TransformEngine(int mostBytes)
    {
        _engine = new Engine(SetLimits);
        var guard = new TransformGuard(_engine);
        var json = new TransformJson(_engine, TransformLimits.StringCharacters);
        TransformWorld.Furnish(_engine, guard);
        ((ObjectInstance)_engine.Global.Get("JSON")).Set("stringify", Function("stringify", json.Stringify));
        Add(TransformNames.Guard, arguments => guard.Check(arguments.At(0)));
        Add(TransformNames.Finish, arguments => Finish(arguments.At(0), new TransformJson(_engine, mostBytes)));
    }

    /// <summary>Runs the script.</summary>
    /// <exception cref="JavaScriptException">It threw.</exception>
    /// <exception cref="JintException">It left its limits.</exception>
    /// <exception cref="TransformFailedException">What it returned cannot be sent.</exception>
    public TransformOutcome Run(TransformScript script, TransformInput input)
    {
        var webhook = Read(input);
        Add(TransformNames.Input, _ => webhook);
        _engine.Evaluate(script.Program);
        return _outcome!;
    }

    public void Dispose() => _engine.Dispose();

    private void SetLimits(Options options)
    {
        options.Strict = true;
        options.Culture = CultureInfo.InvariantCulture;
        options.TimeZone = TimeZoneInfo.Utc;
        options.TimeSystem = _clock;
        options.Host.StringCompilationAllowed = false;
        options.Json.MaxParseDepth = TransformLimits.Depth;
        options.Constraints.MaxArraySize = TransformLimits.ArrayElements;
        options.Constraints.RegexTimeout = TransformLimits.Time;
        options.Constraints.StackOverflowGuard = true;
        options
            .Constraint(new TransformStack())
            .Constraint(new TransformTime())
            .LimitMemory(TransformLimits.MemoryBytes)
            .LimitRecursion(TransformLimits.Recursion)
            .MaxStatements(TransformLimits.Statements);
    }

    private JsObject Read(TransformInput input)
    {
        var payload = new JsonParser(_engine, TransformLimits.Depth).Parse(input.Payload);
        if (TimeOf(payload) is { } time)
        {
            _clock.Now = time;
        }

        var webhook = new JsObject(_engine);
        webhook.Set("event", input.Event);
        webhook.Set("payload", payload);
        webhook.Set("headers", new JsObject(_engine));
        return webhook;
    }

    /// <summary>When the event happened, as either form of payloads says.</summary>
    private static DateTimeOffset? TimeOf(JsValue payload)
    {
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        return payload is ObjectInstance members
            && ((members.Get("timestamp") as JsString) ?? (members.Get("time") as JsString)) is { } text
            && DateTimeOffset.TryParse(text.ToString(), CultureInfo.InvariantCulture, Utc, out var time)
                ? time
                : null;
    }

    /// <summary>Within the run, since what is returned may have parts that run when they are looked at.</summary>
    private JsValue Finish(JsValue returned, TransformJson json)
    {
        _outcome = TransformResult.Read(returned, json);
        return JsValue.Undefined;
    }

    private ClrFunction Function(string name, Func<JsValue[], JsValue> call) =>
        new(_engine, name, (_, arguments) => call(arguments), 1, PropertyFlag.Configurable);

    private void Add(string name, Func<JsValue[], JsValue> call) =>
        _engine.Global.DefineOwnProperty(name, new PropertyDescriptor(Function(name, call), PropertyFlag.AllForbidden));
}
