using Acornima.Ast;
using Jint;

namespace Webhooks.Core.Transforms;

/// <summary>A transform that can be run, as often and by as many threads as wanted: each run has a world of its own.</summary>
public sealed class TransformScript
{
    internal TransformScript(Prepared<Script> program) => Program = program;

    internal Prepared<Script> Program { get; }
}
