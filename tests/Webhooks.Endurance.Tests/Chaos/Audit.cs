using System.Globalization;
using Webhooks.Core.Deliveries;
using Webhooks.Core.Sending;

namespace Webhooks.Endurance.Tests.Chaos;

/// <summary>A comparison of what is recorded with what was accepted and what the receivers saw. Each disagreement is a finding.</summary>
internal sealed class Audit(Trouble trouble, TimeSpan attemptTimeout)
{
    private const int MaxAttempts = 6;

    /// <summary>Longer than it takes from an answer to the commit of its record, on a busy machine.</summary>
    private static readonly TimeSpan _recordedWithin = TimeSpan.FromSeconds(5);

    /// <summary>Longer than servers take to notice that the database is back, and to record what has waited for it.</summary>
    private static readonly TimeSpan _noticedWithin = TimeSpan.FromSeconds(5);

    private readonly List<string> _findings = [];

    /// <summary>What disagrees, in words.</summary>
    public IReadOnlyList<string> Findings => _findings;

    /// <summary>Requests whose outcome is not recorded, because their server was killed.</summary>
    public int Unrecorded { get; private set; }

    /// <summary>Each accepted event has one delivery to each webhook that gets it, and there are no other deliveries.</summary>
    public void CompareDeliveries(
        IEnumerable<AcceptedEvent> accepted, IReadOnlyCollection<Target> targets, IReadOnlyCollection<DeliveryRow> rows)
    {
        var expected = accepted.SelectMany(
            some => targets.Where(target => target.Gets(some)).Select(target => (Event: some.Id, Webhook: target.Webhook.Id))).ToHashSet();
        var found = rows.Select(row => (row.Event, row.Webhook)).ToHashSet();
        AddAll(expected.Except(found), missing => $"Event {missing.Event} was accepted and has no delivery to webhook {missing.Webhook}.");
        AddAll(found.Except(expected), extra => $"Nobody expects the delivery of event {extra.Event} to webhook {extra.Webhook}.");
        if (rows.Count != found.Count)
        {
            Add($"{rows.Count - found.Count} deliveries are there twice.");
        }
    }

    /// <summary>Each delivery has ended as its recorded attempts say, and each attempt as its receiver says.</summary>
    public void CompareAttempts(IEnumerable<DeliveryRow> rows, IEnumerable<Reception> receptions)
    {
        var received = receptions.ToLookup(reception => reception.Delivery);
        foreach (var row in rows)
        {
            CheckEnd(row);
            CompareAttempts(row, [.. received[row.Id]]);
        }
    }

    private void CheckEnd(DeliveryRow row)
    {
        var successes = row.Attempts.Select(attempt => attempt.ResponseStatus is >= 200 and <= 299).ToList();
        var isRight = row.Status switch
        {
            "succeeded" => successes.Count <= MaxAttempts && successes.IndexOf(true) == successes.Count - 1,
            "failed" => successes.Count == MaxAttempts && !successes.Contains(true),
            _ => false,
        };
        if (!isRight || successes.Count != row.AttemptNumber || !row.Attempts.Select(attempt => attempt.Number).SequenceEqual(
            Enumerable.Range(1, successes.Count)))
        {
            Add($"{Describe(row)} ended as {row.Status}.");
        }
    }

    private void CompareAttempts(DeliveryRow row, List<Reception> received)
    {
        AddAll(
            received.Where(reception => !reception.IsSigned || reception.Event != row.Event || reception.Webhook != row.Webhook),
            wrong => $"{Describe(row)}: the receiver got a request that is not signed as it should be, or is of another event or webhook.");
        foreach (var attempt in row.Attempts)
        {
            // What is recorded is what came of the last request of an attempt that was sent once more.
            if (received.FindLast(reception => IsOf(attempt, reception)) is { } recorded)
            {
                received.Remove(recorded);
                if (received.Find(reception => IsSentAgain(attempt, reception)) is { } broken)
                {
                    received.Remove(broken);
                }
            }
            else if (!IsTimeout(attempt))
            {
                Add($"{Describe(row)}: the receiver has not seen attempt {attempt.Number}, "
                    + $"or answered differently: {string.Join(", ", received)}.");
            }
        }

        Unrecorded += received.Count;
        AddAll(
            received.Where(reception => reception.Attempt > row.AttemptNumber || !trouble.Kills.Exists(kill => Excuses(kill, reception))),
            beyond => $"{Describe(row)}: the receiver got a request that is not recorded although no server was killed: "
                + $"{beyond}, ended {beyond.EndedAt:O}.");
    }

    private bool IsOf(RecordedAttempt attempt, Reception reception) =>
        attempt.Number == reception.Attempt
        && (attempt.ResponseStatus is not null
            ? attempt.ResponseStatus == reception.Answer.Status
                && IsBodyOf(attempt.ResponseBody, reception)
            : reception.At >= attempt.StartedAt && (attempt.Error == reception.Answer.Error || IsTimeout(attempt)));

    /// <summary>
    /// Whether it is the body of the answer. Of one whose status came when the attempt's time was nearly over there may be the beginning
    /// only, which says so.
    /// </summary>
    private static bool IsBodyOf(string? recorded, Reception reception)
    {
        const string Cut = "[cut off: ";
        var body = reception.Number.ToString(CultureInfo.InvariantCulture);
        return recorded == body
            || (recorded?.Split(Cut) is [var beginning, _] && body.StartsWith(beginning.TrimEnd('\n'), StringComparison.Ordinal));
    }

    /// <summary>
    /// An attempt whose sender knows nothing of the answer. On a busy machine it may have been answered all the same, even at once, or may
    /// not have been sent at all.
    /// </summary>
    private bool IsTimeout(RecordedAttempt attempt) =>
        attempt.Error == SendError.Timeout && attempt.DurationMs >= 0.9 * attemptTimeout.TotalMilliseconds;

    /// <summary>The first request of an attempt whose reused connection broke without an answer: it is sent once more.</summary>
    private static bool IsSentAgain(RecordedAttempt attempt, Reception reception) =>
        attempt.Number == reception.Attempt && reception.At >= attempt.StartedAt && reception.Answer.Error == SendError.ConnectionClosed;

    /// <summary>Whether a request came before a kill, and its outcome could not be recorded before it.</summary>
    private bool Excuses(Interval kill, Reception reception) => reception.At <= kill.To && reception.EndedAt >= RecordedUntil(kill.From);

    /// <summary>What ended before then has been recorded by a time: a little earlier, unless the database was away.</summary>
    private DateTimeOffset RecordedUntil(DateTimeOffset time)
    {
        var until = time - _recordedWithin;
        return trouble.Outages.Where(outage => outage.From <= time && outage.To + _noticedWithin >= until)
            .Select(outage => outage.From - _recordedWithin).Append(until).Min();
    }

    private static string Describe(DeliveryRow row) =>
        $"Delivery {row.Id} with {row.AttemptNumber} attempts [{string.Join(", ", row.Attempts.Select(Describe))}]";

    private static string Describe(RecordedAttempt attempt) =>
        $"{attempt.Number}: {attempt.ResponseStatus}{attempt.Error} \"{attempt.ResponseBody}\" at {attempt.StartedAt:O}";

    private void AddAll<T>(IEnumerable<T> wrong, Func<T, string> describe) => _findings.AddRange(wrong.Select(describe));

    private void Add(string finding) => _findings.Add(finding);
}
