using System.Globalization;
using System.Text.RegularExpressions;
using Jint.Runtime;

namespace Webhooks.Core.Transforms;

/// <summary>One run of a script, from its input to its outcome. It runs on the thread that calls it.</summary>
internal static class TransformRun
{
    /// <summary>Runs a script.</summary>
    /// <param name="script">The script.</param>
    /// <param name="input">What it gets.</param>
    /// <param name="mostBytes">Bytes of the body that it may make.</param>
    /// <returns>Null when it ran out of time.</returns>
    public static TransformOutcome? Run(TransformScript script, TransformInput input, int mostBytes)
    {
        try
        {
            using var engine = new TransformEngine(mostBytes);
            return engine.Run(script, input);
        }
        catch (Exception failure) when (failure is TimeoutException or RegexMatchTimeoutException)
        {
            return null;
        }
        catch (Exception failure)
        {
            return new TransformOutcome.Failed(ErrorOf(failure));
        }
    }

    /// <summary>The outcome of a script that ran out of time each time.</summary>
    public static TransformOutcome OutOfTime { get; } = new TransformOutcome.Failed(new TransformError(
        Line: null, string.Create(CultureInfo.InvariantCulture, $"It took more than {TransformLimits.Time.TotalMilliseconds} ms.")));

    private static TransformError ErrorOf(Exception failure) => failure switch
    {
        JavaScriptException thrown => new TransformError(
            thrown.Location.Start.Line is > 0 and var line ? line : null, Shortened(thrown.Message)),
        TransformFailedException => new TransformError(Line: null, failure.Message),
        StatementsCountOverflowException => new TransformError(
            Line: null, $"It ran more than {TransformLimits.Statements} statements."),
        MemoryLimitExceededException or OutOfMemoryException => new TransformError(
            Line: null, $"It needs more than {TransformLimits.MemoryBytes} bytes of memory."),
        RecursionDepthOverflowException => new TransformError(
            Line: null, $"A function calls itself more than {TransformLimits.Recursion} levels deep."),
        InsufficientExecutionStackException => new TransformError(Line: null, "Its functions call one another too deeply."),
        _ => new TransformError(Line: null, $"It could not be run: {failure.GetType().Name}."),
    };

    private static string Shortened(string message) =>
        message.Length <= TransformLimits.MessageCharacters ? message : message[..TransformLimits.MessageCharacters] + "…";
}
