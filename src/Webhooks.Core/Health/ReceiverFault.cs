using Webhooks.Core.Sending;

namespace Webhooks.Core.Health;

/// <summary>
/// The faults that are the receiver's as a whole, and not of one delivery: it does not answer, or says that it is overloaded or broken.
/// Any other answer, also one that refuses the request, shows that it is there.
/// </summary>
internal static class ReceiverFault
{
    private const int TooManyRequests = 429;
    private const int FirstServerError = 500;

    /// <summary>Whether an attempt failed by such a fault.</summary>
    public static bool Is(SendOutcome outcome) => outcome switch
    {
        SendOutcome.NotAnswered => true,
        SendOutcome.Answered { Status: TooManyRequests or >= FirstServerError } => true,
        _ => false,
    };
}
