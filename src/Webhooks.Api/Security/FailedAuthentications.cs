using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Webhooks.Api.Requests;
using Webhooks.Core;
using Webhooks.Core.Credentials;
using Webhooks.Core.Telemetry;

namespace Webhooks.Api.Security;

/// <summary>
/// The number of tokens, API keys and sessions that were refused, by the caller's address, to slow down those who guess. What is good is
/// accepted from any address, however many others there guess: it is judged before. An IPv6 address counts as its network (/64), of which
/// one customer has as many addresses as they like.
/// </summary>
/// <remarks>
/// A bounded number of addresses is remembered. Whoever has more networks than that guesses as slowly as the secret demands.
/// </remarks>
internal sealed partial class FailedAuthentications(
    ClientAddress addresses, WebhooksMetrics metrics, TimeProvider clock, ILogger<FailedAuthentications> logger) : IDisposable
{
    /// <summary>
    /// Failures of an address within <see cref="Window"/> after which it is told to wait. A program whose key was revoked is told why for a
    /// while first, and so are several behind one address; who guesses secrets of 196 bits needs more.
    /// </summary>
    public const int Most = 50;

    /// <summary>The time in which failures are counted, from the first of them.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How often a key is looked up in the database for an address that has to wait, when this process has not seen the key of late.
    /// </summary>
    public static readonly TimeSpan LookupInterval = TimeSpan.FromSeconds(1);

    /// <summary>Addresses of one generation.</summary>
    private const int Capacity = 16 * 1024;

    private readonly RecentlyUsed<IPAddress, Failures> _failures = new(Capacity, Window, clock);

    /// <summary>Counts a failure.</summary>
    /// <param name="context">The request.</param>
    /// <param name="kind">What was refused.</param>
    /// <returns>For how long its address has to wait; null while it may go on.</returns>
    public TimeSpan? Add(HttpContext context, CredentialKind kind)
    {
        var address = AddressOf(context);
        var failures = _failures.GetOrAdd(address, static _ => new Failures());
        var count = failures.Add(clock.GetTimestamp(), clock, out var rest);
        metrics.AuthenticationFailed(kind, isLimited: count > Most);
        if (count == Most)
        {
            LogLimited(Shown(address), Most);
        }

        return count > Most ? rest : null;
    }

    /// <summary>
    /// Whether a key may be looked up that this process has not seen of late: for an address that has to wait, now and then.
    /// </summary>
    public bool MayLookUp(HttpContext context) =>
        _failures.Find(AddressOf(context)) is not { } failures || failures.MayLookUp(clock.GetTimestamp(), clock);

    public void Dispose() => _failures.Dispose();

    /// <summary>The address, or of IPv6 the network.</summary>
    private IPAddress AddressOf(HttpContext context)
    {
        var address = addresses.Of(context) ?? IPAddress.None;
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        bytes[8..].Clear();
        return new IPAddress(bytes);
    }

    private static string Shown(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 ? $"{address}/64" : address.ToString();

    [LoggerMessage(
        1,
        LogLevel.Warning,
        "webhook API: {Address} sent {Count} tokens or API keys within a minute that are not valid; more of them are answered with 429")]
    private partial void LogLimited(string address, int count);

    /// <summary>The failures of one address.</summary>
    private sealed class Failures
    {
        private readonly Lock _counting = new();
        private long _began;
        private long _lookedUp;
        private int _count;

        /// <returns>The failures since the window began, this one included.</returns>
        public int Add(long now, TimeProvider clock, out TimeSpan rest)
        {
            lock (_counting)
            {
                if (_count == 0 || clock.GetElapsedTime(_began, now) >= Window)
                {
                    (_began, _count) = (now, 0);
                }

                rest = Window - clock.GetElapsedTime(_began, now);
                return ++_count;
            }
        }

        public bool MayLookUp(long now, TimeProvider clock)
        {
            lock (_counting)
            {
                if (_count < Most || clock.GetElapsedTime(_began, now) >= Window)
                {
                    return true;
                }

                if (_lookedUp != 0 && clock.GetElapsedTime(_lookedUp, now) < LookupInterval)
                {
                    return false;
                }

                _lookedUp = now;
                return true;
            }
        }
    }
}
