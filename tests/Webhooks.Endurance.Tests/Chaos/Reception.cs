namespace Webhooks.Endurance.Tests.Chaos;

/// <summary>A request as a receiver got it, and what became of it.</summary>
/// <param name="Number">
/// Which of all requests it is; it is in the answer's body, so that what is recorded tells which request it was answered to.
/// </param>
/// <param name="Webhook">The webhook whose URL it came to.</param>
/// <param name="Delivery">The delivery's id.</param>
/// <param name="Event">The event's id.</param>
/// <param name="Attempt">The attempt's number.</param>
/// <param name="IsSigned">Whether both signatures are valid.</param>
/// <param name="At">When it was complete, UTC.</param>
/// <param name="Answer">What the receiver decided to answer.</param>
internal sealed record Reception(
    int Number, Guid Webhook, Guid Delivery, Guid Event, int Attempt, bool IsSigned, DateTimeOffset At, Answer Answer)
{
    private long _endedTicks = DateTimeOffset.MaxValue.Ticks;

    /// <summary>When the answer was on its way, the connection broken, or the sender gone; the end of time until then.</summary>
    public DateTimeOffset EndedAt => new(Volatile.Read(ref _endedTicks), TimeSpan.Zero);

    public void End() => Volatile.Write(ref _endedTicks, DateTimeOffset.UtcNow.Ticks);
}
