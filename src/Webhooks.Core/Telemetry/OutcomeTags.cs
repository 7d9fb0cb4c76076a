using System.Diagnostics;
using System.Globalization;
using Webhooks.Core.Sending;

namespace Webhooks.Core.Telemetry;

/// <summary>An attempt's outcome as the value of a tag: few values, whatever receivers do.</summary>
internal static class OutcomeTags
{
    /// <summary>The outcome's kind: whether it succeeded, or whether an answer came.</summary>
    public static string ToTag(this SendOutcome outcome) => outcome switch
    {
        SendOutcome.Answered { Success: true } => "succeeded",
        SendOutcome.Answered => "failed",
        SendOutcome.NotAnswered => "no_response",
        _ => throw new UnreachableException(),
    };

    /// <summary>
    /// The reason why it failed: the class of the status as in <c>5xx</c>, or a code of <see cref="SendError"/>; null when it succeeded.
    /// </summary>
    public static string? ToErrorTag(this SendOutcome outcome) => outcome switch
    {
        SendOutcome.Answered { Success: true } => null,
        SendOutcome.Answered answered => string.Create(CultureInfo.InvariantCulture, $"{answered.Status / 100}xx"),
        SendOutcome.NotAnswered failed => failed.Error,
        _ => throw new UnreachableException(),
    };
}
