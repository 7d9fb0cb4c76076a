using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Webhooks.Core.Webhooks;

namespace Webhooks.Core.Sending;

/// <summary>The one way out of this system to a customer's server, which signs and posts; so every guard is here.</summary>
public sealed class WebhookSender : IDisposable
{
    /// <summary>
    /// Shorter than the keep-alive of common servers (5 s in Node.js and Apache): a request on a connection that the receiver is
    /// just closing has to be sent again.
    /// </summary>
    private static readonly TimeSpan _idleConnectionLifetime = TimeSpan.FromSeconds(4);

    /// <summary>After this a busy host is resolved and vetted again.</summary>
    private static readonly TimeSpan _connectionLifetime = TimeSpan.FromMinutes(1);

    /// <summary>Attempts under way to one host at once, which organizations share: one alone gets to half of them.</summary>
    private const int PlacesPerHost = 512;

    /// <summary>
    /// The longest wait for one of these places, before the attempt's own time begins. Leases are longer than the attempt timeout by more
    /// than that.
    /// </summary>
    private static readonly TimeSpan _patienceForPlace = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The time for the rest of an answer once its status is there, which alone counts: a body that never ends must not hold a connection
    /// for all of the attempt's time, but who still computes it must not be cut off at once, either.
    /// </summary>
    private static readonly TimeSpan _patienceForBody = TimeSpan.FromSeconds(5);

    private const int MaxHeadersKibibytes = 64;

    private const int MostUrlsKept = 4096;

    private static readonly TimeSpan _urlLifetime = TimeSpan.FromMinutes(5);

    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    private readonly WebhooksOptions _options;
    private readonly HttpMessageInvoker _client;
    private readonly HttpMessageInvoker _clientOfFreshConnections;
    private readonly HostPlaces _places;

    // Neither the settings nor what they say of a URL change; what its host name resolves to is vetted at every connection.
    private readonly RecentlyUsed<string, Uri> _usableUrls = new(MostUrlsKept, _urlLifetime, TimeProvider.System);

    public WebhookSender(WebhooksOptions options)
        : this(options, Dns.GetHostAddressesAsync)
    {
    }

    /// <param name="options">The settings.</param>
    /// <param name="resolve">Gives a host name's addresses.</param>
    /// <param name="trustedRoot">The only certificate authority to trust; null for those that the machine trusts.</param>
    /// <param name="placesPerHost">Attempts under way to one host at once.</param>
    internal WebhookSender(
        WebhooksOptions options,
        Func<string, CancellationToken, Task<IPAddress[]>> resolve,
        X509Certificate2? trustedRoot = null,
        int placesPerHost = PlacesPerHost)
    {
        _options = options;
        _places = new HostPlaces(placesPerHost);
        var connector = new GuardedConnector(new EgressPolicy(options.AllowedNetworks), resolve, options.AttemptTimeout);
        _client = new HttpMessageInvoker(CreateHandler(connector, _connectionLifetime, trustedRoot));
        _clientOfFreshConnections = new HttpMessageInvoker(CreateHandler(connector, TimeSpan.Zero, trustedRoot));
    }

    /// <summary>Makes one POST. Never throws for what the receiver or the network does: that is the outcome.</summary>
    /// <remarks>
    /// A request whose kept connection breaks before a byte of the answer is sent once more, on a fresh connection and within the same
    /// time: it met the receiver's closing of an idle connection. That is still one attempt.
    /// </remarks>
    /// <exception cref="OperationCanceledException">The token was canceled (not the attempt timeout: that is an outcome).</exception>
    public async Task<SendOutcome> SendAsync(SendRequest request, CancellationToken cancellationToken)
    {
        if (!TryRead(request.Url, out var uri, out var problem))
        {
            return new SendOutcome.NotAnswered(SendError.AddressNotAllowed, problem);
        }

        var line = _places.LineTo(uri);
        if (!await line.EnterAsync(request.OrgId, _patienceForPlace, cancellationToken))
        {
            return SendFailure.TooManyUnderWay();
        }

        try
        {
            using var attempt = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            attempt.CancelAfter(TimeoutOf(request));
            var started = Stopwatch.GetTimestamp();
            var exchange = new Exchange();
            var outcome = await TryAsync(_client, request, uri, exchange, started, attempt, cancellationToken);
            return outcome is SendOutcome.NotAnswered { Error: SendError.ConnectionClosed } && exchange.IsUnansweredOnUsedConnection
                ? await TryAsync(_clientOfFreshConnections, request, uri, exchange, started, attempt, cancellationToken)
                : outcome;
        }
        finally
        {
            line.Leave(request.OrgId);
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _clientOfFreshConnections.Dispose();
        _usableUrls.Dispose();
    }

    /// <param name="client">Whose connections are used.</param>
    /// <param name="request">What to send.</param>
    /// <param name="uri">Where to.</param>
    /// <param name="exchange">Takes what is seen of the request on its connection.</param>
    /// <param name="started">When the attempt began.</param>
    /// <param name="attempt">Is canceled when the attempt's time is over.</param>
    /// <param name="cancellationToken">Is canceled when nobody wants the outcome any more.</param>
    private async Task<SendOutcome> TryAsync(
        HttpMessageInvoker client,
        SendRequest request,
        Uri uri,
        Exchange exchange,
        long started,
        CancellationTokenSource attempt,
        CancellationToken cancellationToken)
    {
        Exchange.Current = exchange;
        var timeout = TimeoutOf(request);
        using var message = SignedRequest.Create(request, uri);
        GuardedConnector.Limit(message, request.Timeout);
        try
        {
            // An invoker, unlike HttpClient, gives the answer as soon as its headers are there.
            using var response = await client.SendAsync(message, attempt.Token);
            var left = timeout - Stopwatch.GetElapsedTime(started);
            var status = (int)response.StatusCode;
            var wish = ReceiverWish.Read(status, response.Headers, DateTimeOffset.UtcNow);
            var answer = new SendOutcome.Answered(status, await ReadBodyAsync(response, left, attempt, cancellationToken), wish);
            return answer.Success ? answer : answer with { Headers = AnswerHeaders.Read(response) };
        }
        catch (Exception failure)
        {
            // Of any type: a connection that is reset as it is made comes out of the HTTP client as a bare SocketException.
            cancellationToken.ThrowIfCancellationRequested();
            return attempt.IsCancellationRequested
                ? SendFailure.Outcome(SendError.Timeout, timeout)
                : SendFailure.Outcome(failure, timeout);
        }
    }

    /// <summary>A webhook's own time never exceeds the system's: leases, and what an attempt may hold, are made for that.</summary>
    private TimeSpan TimeoutOf(SendRequest request) =>
        request.Timeout is { } own && own < _options.AttemptTimeout ? own : _options.AttemptTimeout;

    private bool TryRead(string url, [NotNullWhen(true)] out Uri? uri, [NotNullWhen(false)] out string? problem)
    {
        problem = null;
        uri = _usableUrls.Find(url);
        if (uri is not null)
        {
            return true;
        }

        if (!WebhookUrl.TryRead(url, _options, out uri, out problem))
        {
            return false;
        }

        _usableUrls.Add(url, uri);
        return true;
    }

    private ValueTask<string> ReadBodyAsync(
        HttpResponseMessage response, TimeSpan left, CancellationTokenSource attempt, CancellationToken cancellationToken)
    {
        // What follows 101 is another protocol, and no body.
        if (response.StatusCode == HttpStatusCode.SwitchingProtocols)
        {
            return new ValueTask<string>("");
        }

        if (left > _patienceForBody)
        {
            attempt.CancelAfter(_patienceForBody);
        }

        return AnswerBody.ReadAsync(response.Content, _options.Limits.ResponseBytes, attempt.Token, cancellationToken);
    }

    private SocketsHttpHandler CreateHandler(GuardedConnector connector, TimeSpan connectionLifetime, X509Certificate2? trustedRoot) =>
        new()
        {
            ConnectCallback = connector.ConnectAsync,
            PlaintextStreamFilter = ObservedConnection.ObserveAsync,

            // The request would otherwise go, with its signature or through an unguarded way, where the customer did not send it.
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ActivityHeadersPropagator = null,

            // A small answer must not become a large one.
            AutomaticDecompression = DecompressionMethods.None,
            MaxResponseHeadersLength = MaxHeadersKibibytes,
            MaxResponseDrainSize = 0,

            // Whoever has a place has a connection: how many there are is decided before.
            PooledConnectionLifetime = connectionLifetime,
            PooledConnectionIdleTimeout = _idleConnectionLifetime,

            // A connection being made outlives the attempt that asked for it; the attempt's own clock ends before.
            ConnectTimeout = _options.AttemptTimeout,
            SslOptions = new SslClientAuthenticationOptions
            {
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                CertificateChainPolicy = CreateChainPolicy(trustedRoot),
            },
        };

    /// <summary>
    /// No downloads: a certificate names URLs for its issuer and for revocation, and they would be fetched past the guard.
    /// </summary>
    private static X509ChainPolicy CreateChainPolicy(X509Certificate2? trustedRoot)
    {
        var policy = new X509ChainPolicy
        {
            DisableCertificateDownloads = true,
            RevocationMode = X509RevocationMode.NoCheck,
            ApplicationPolicy = { new Oid(ServerAuthentication) },
        };
        if (trustedRoot is not null)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.Add(trustedRoot);
        }

        return policy;
    }
}
