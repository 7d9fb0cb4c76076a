namespace Webhooks.Core.Secrets;

/// <summary>The secret that a webhook's secret has replaced, while both sign.</summary>
/// <param name="Encrypted">It as stored.</param>
/// <param name="Promoted">
/// Whether the new secret already makes the header that has one signature; otherwise that is still made with this one.
/// </param>
public sealed record PreviousSecret(string Encrypted, bool Promoted);
