namespace Webhooks.Server.Commands;

/// <summary>A lifetime that leaves signals to <see cref="Termination"/>, which also covers the time before and after the host.</summary>
internal sealed class SignalsElsewhere : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
