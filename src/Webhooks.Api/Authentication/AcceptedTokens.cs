using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication;
using Webhooks.Core;

namespace Webhooks.Api.Authentication;

/// <summary>
/// Tokens that were judged and found good a moment ago, so that a busy client's is not judged again with every request. They are known by a
/// hash of everything the header says; what differs in anything is another token.
/// </summary>
internal sealed class AcceptedTokens(TimeProvider clock) : IDisposable
{
    /// <summary>For how long a judgement holds at most. An authority that withdraws a key is heeded as late as this.</summary>
    public static readonly TimeSpan Validity = TimeSpan.FromMinutes(1);

    /// <summary>How many are kept; half of them when there are more.</summary>
    public const int Most = 1024;

    private readonly RecentlyUsed<Hash, Accepted> _recent = new(Most / 2, Validity, clock);

    /// <summary>The number of those that are kept, also of those that do not hold any more.</summary>
    public int Count => _recent.Count;

    /// <summary>The judgement on a header's token; null when it has to be judged.</summary>
    public AuthenticateResult? Find(string authorization) =>
        _recent.Find(Hash.Of(authorization)) is { } accepted
        && clock.GetElapsedTime(accepted.At) < Validity
        && clock.GetUtcNow() < accepted.Expires
            ? accepted.Judgement
            : null;

    /// <summary>Keeps the judgement on a header's token if that was found good, until it expires at the latest.</summary>
    public void Add(string authorization, AuthenticateResult judgement)
    {
        if (judgement.Succeeded && judgement.Properties.ExpiresUtc is { } expires)
        {
            _recent.Add(Hash.Of(authorization), new Accepted(judgement, clock.GetTimestamp(), expires));
        }
    }

    public void Dispose() => _recent.Dispose();

    private sealed record Accepted(AuthenticateResult Judgement, long At, DateTimeOffset Expires);

    /// <summary>SHA-256 of a text.</summary>
    private readonly record struct Hash(UInt128 One, UInt128 Two)
    {
        public static Hash Of(string text)
        {
            Span<UInt128> hash = stackalloc UInt128[2];
            SHA256.HashData(MemoryMarshal.AsBytes(text.AsSpan()), MemoryMarshal.AsBytes(hash));
            return new Hash(hash[0], hash[1]);
        }
    }
}
