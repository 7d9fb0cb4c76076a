using BenchmarkDotNet.Attributes;
using Webhooks.Core.Deliveries;

namespace Webhooks.Benchmarks;

/// <summary>The steps that follow an attempt, up to the row that is recorded.</summary>
public class Deliveries
{
    [Benchmark(Description = "Next step: succeeded")]
    public NextStep Succeeded() => Next(Samples.Succeeded);

    [Benchmark(Description = "Next step: retry")]
    public NextStep Retry() => Next(Samples.Failed);

    [Benchmark(Description = "Row of a success")]
    public object RowOfSuccess() => ResultRow.From(Samples.Succeeded);

    [Benchmark(Description = "Row of a failure")]
    public object RowOfFailure() => ResultRow.From(Samples.Failed);

    private static NextStep Next(DeliveryResult result) =>
        DeliveryLifecycle.AfterAttempt(result.Attempt!.Outcome, attemptNumber: 1, test: false, RetrySchedule.Default, Samples.Time);
}
