using Acornima;
using Acornima.Ast;
using Jint;

namespace Webhooks.Core.Transforms;

/// <summary>
/// The maker of a transform's script from its source, once it has been checked that nothing in it could leave the limits of a run.
/// </summary>
/// <remarks>
/// The interpreter looks at its limits between statements. So the source is rewritten: the value of each expression that could make
/// something large (a sum, a call, a literal with a spread) goes through <see cref="TransformNames.Guard"/>, where they are looked at, too.
/// Lines stay as they are, so that errors name those of the source.
/// </remarks>
public static class TransformCompiler
{
    private const string Handler = "handler";

    /// <summary>Compiles.</summary>
    /// <param name="source">JavaScript that defines <c>function handler(webhook)</c>.</param>
    /// <param name="error">Why it cannot be used; null when it can.</param>
    /// <returns>Null when it cannot be used.</returns>
    public static TransformScript? Compile(string source, out TransformError? error)
    {
        if (source.Length > TransformLimits.SourceCharacters)
        {
            error = new TransformError(
                Line: null, $"It has {source.Length} characters; it may have {TransformLimits.SourceCharacters}.");
            return null;
        }

        try
        {
            var program = new Parser().ParseScript(source, strict: true);
            error = TransformSyntax.Problem(program) ?? ProblemWithoutHandler(program);
            return error is null ? new TransformScript(Prepare(TransformRewriting.Rewrite(source, program))) : null;
        }
        catch (ParseErrorException refused)
        {
            error = new TransformError(refused.LineNumber, refused.Description ?? refused.Message);
        }
        catch (ScriptPreparationException refused)
        {
            error = refused.InnerException is ParseErrorException parsing
                ? new TransformError(parsing.LineNumber, parsing.Description ?? parsing.Message)
                : new TransformError(Line: null, refused.Message);
        }
        catch (InsufficientExecutionStackException)
        {
            error = new TransformError(Line: null, "It is nested too deeply.");
        }

        return null;
    }

    private static Prepared<Script> Prepare(string rewritten) => Engine.PrepareScript(
        $"{rewritten}\n;{TransformNames.Finish}({Handler}({TransformNames.Input}()))", source: "transform", strict: true);

    private static TransformError? ProblemWithoutHandler(Script program) =>
        program.Body.Any(DefinesHandler)
            ? null
            : new TransformError(Line: null, "It defines no function handler(webhook).");

    private static bool DefinesHandler(Statement statement) => statement switch
    {
        FunctionDeclaration { Id.Name: Handler } => true,
        VariableDeclaration variables => variables.Declarations.Any(declared => declared.Id is Identifier { Name: Handler }),
        _ => false,
    };
}
