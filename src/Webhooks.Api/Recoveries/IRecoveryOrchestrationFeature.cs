namespace Webhooks.Api.Recoveries;

/// <summary>
/// A feature of a request, on a host that runs each recovery in an orchestration of its own. A host whose server looks for running
/// recoveries has none.
/// </summary>
public interface IRecoveryOrchestrationFeature
{
    /// <summary>
    /// Makes a running recovery go on soon. It never throws for what the host's storage does: the recovery is stored, and what is not begun
    /// now is found by the host's sweep.
    /// </summary>
    Task StartAsync(Guid recovery);
}
