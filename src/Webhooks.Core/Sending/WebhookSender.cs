using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Webhooks.Core.Webhooks;

namespace Webhooks.Core.Sending;

/// <summary>Signs and posts; the one way out of this system to a customer's server, so every guard is here.</summary>
public sealed class WebhookSender : IDisposable
{
    /// <summary>
    /// Shorter than the keep-alive of common servers (5 s in Node.js and Apache): a request on a connection that the receiver is
    /// just closing fails, and must then wait for its next attempt.
    /// </summary>
    private static readonly TimeSpan _idleConnectionLifetime = TimeSpan.FromSeconds(4);

    /// <summary>After this a busy host is resolved and vetted again.</summary>
    private static readonly TimeSpan _connectionLifetime = TimeSpan.FromMinutes(1);

    /// <summary>Many webhooks may share a host, and waiting for a connection counts against the attempt timeout; so this only stops excess.</summary>
    private const int MaxConnectionsPerHost = 256;

    private const int MaxHeadersKibibytes = 64;

    private const int MostUrlsKept = 4096;

    private static readonly TimeSpan _urlLifetime = TimeSpan.FromMinutes(5);

    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    private readonly WebhooksOptions _options;
    private readonly HttpMessageInvoker _client;

    // Neither the settings nor what they say of a URL change; what its host name resolves to is vetted at every connection.
    private readonly RecentlyUsed<string, Uri> _usableUrls = new(MostUrlsKept, _urlLifetime, TimeProvider.System);

    public WebhookSender(WebhooksOptions options)
        : this(options, Dns.GetHostAddressesAsync)
    {
    }

    /// <param name="options">The settings.</param>
    /// <param name="resolve">Gives a host name's addresses.</param>
    /// <param name="trustedRoot">The only certificate authority to trust; null for those that the machine trusts.</param>
    internal WebhookSender(
        WebhooksOptions options, Func<string, CancellationToken, Task<IPAddress[]>> resolve, X509Certificate2? trustedRoot = null)
    {
        _options = options;
        var connector = new GuardedConnector(new EgressPolicy(options.AllowedNetworks), resolve, options.AttemptTimeout);
        _client = new HttpMessageInvoker(CreateHandler(connector, options.AttemptTimeout, trustedRoot));
    }

    /// <summary>Makes one POST. Never throws for what the receiver or the network does: that is the outcome.</summary>
    /// <exception cref="OperationCanceledException">The token was canceled (not the attempt timeout: that is an outcome).</exception>
    public async Task<SendOutcome> SendAsync(SendRequest request, CancellationToken cancellationToken)
    {
        if (!TryRead(request.Url, out var uri, out var problem))
        {
            return new SendOutcome.NotAnswered(SendError.AddressNotAllowed, problem);
        }

        using var message = SignedRequest.Create(request, uri);
        using var attempt = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        attempt.CancelAfter(_options.AttemptTimeout);
        try
        {
            return await PostAsync(message, attempt.Token);
        }
        catch (Exception failure)
        {
            // Of any type: a connection that is reset as it is made comes out of the HTTP client as a bare SocketException.
            cancellationToken.ThrowIfCancellationRequested();
            return attempt.IsCancellationRequested
                ? SendFailure.Outcome(SendError.Timeout, _options.AttemptTimeout)
                : SendFailure.Outcome(failure, _options.AttemptTimeout);
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _usableUrls.Dispose();
    }

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

    /// <summary>An invoker, unlike <c>HttpClient</c>, gives the answer as soon as its headers are there.</summary>
    private async Task<SendOutcome> PostAsync(HttpRequestMessage message, CancellationToken cancellationToken)
    {
        using var response = await _client.SendAsync(message, cancellationToken);

        // What follows 101 is another protocol, and no body.
        var body = response.StatusCode == HttpStatusCode.SwitchingProtocols
            ? ""
            : await AnswerBody.ReadAsync(response.Content, _options.Limits.ResponseBytes, cancellationToken);
        return new SendOutcome.Answered((int)response.StatusCode, body);
    }

    private static SocketsHttpHandler CreateHandler(GuardedConnector connector, TimeSpan attemptTimeout, X509Certificate2? trustedRoot) => new()
    {
        ConnectCallback = connector.ConnectAsync,

        // The request would otherwise go, with its signature or through an unguarded way, where the customer did not send it.
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        ActivityHeadersPropagator = null,

        // A small answer must not become a large one.
        AutomaticDecompression = DecompressionMethods.None,
        MaxResponseHeadersLength = MaxHeadersKibibytes,
        MaxResponseDrainSize = 0,

        MaxConnectionsPerServer = MaxConnectionsPerHost,
        PooledConnectionLifetime = _connectionLifetime,
        PooledConnectionIdleTimeout = _idleConnectionLifetime,

        // A connection being made outlives the attempt that asked for it; the attempt's own clock ends before.
        ConnectTimeout = attemptTimeout,
        SslOptions = new SslClientAuthenticationOptions
        {
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            CertificateChainPolicy = CreateChainPolicy(trustedRoot),
        },
    };

    /// <summary>No downloads: a certificate names URLs for its issuer and for revocation, and they would be fetched past the guard.</summary>
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
