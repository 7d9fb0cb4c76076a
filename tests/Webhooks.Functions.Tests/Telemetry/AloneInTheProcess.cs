namespace Webhooks.Functions.Tests.Telemetry;

/// <summary>
/// Tests that export telemetry, which OpenTelemetry gathers by name from all of the process: also from the apps of other tests that run,
/// and end, meanwhile.
/// </summary>
[CollectionDefinition(nameof(AloneInTheProcess), DisableParallelization = true)]
public sealed class AloneInTheProcess;
