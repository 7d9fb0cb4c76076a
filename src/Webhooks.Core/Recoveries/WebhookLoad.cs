namespace Webhooks.Core.Recoveries;

/// <summary>What a webhook has to do, and how its receiver does.</summary>
/// <param name="Pending">Pending deliveries, up to <see cref="RecoveryPace.MostPending"/>.</param>
/// <param name="Due">Those of them whose next attempt is due or under way.</param>
/// <param name="AverageDuration">How long the latest attempts took that succeeded; null when there are none.</param>
public readonly record struct WebhookLoad(int Pending, int Due, TimeSpan? AverageDuration);
