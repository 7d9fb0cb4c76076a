using Webhooks.Core.Secrets;

namespace Webhooks.Api.Tests.Problems;

/// <summary>A key ring whose keys are gone.</summary>
internal sealed class EmptyKeyRing : IKeyRing
{
    public const string Reason = "The key vault in the basement is closed.";

    public ValueTask<EncryptionKey> GetNewestAsync(CancellationToken cancellationToken) => throw new SecretUnavailableException(Reason);

    public ValueTask<EncryptionKey> GetAsync(string version, CancellationToken cancellationToken) =>
        throw new SecretUnavailableException(Reason);
}
