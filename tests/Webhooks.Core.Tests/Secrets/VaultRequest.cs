namespace Webhooks.Core.Tests.Secrets;

/// <summary>A request that came to <see cref="VaultServer"/>.</summary>
internal sealed record VaultRequest(string Path, string Query, bool HasToken, DateTimeOffset At);
