using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Azure.Core.Pipeline;
using Azure.Security.KeyVault.Secrets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Webhooks.Core.Tests.Secrets;

/// <summary>
/// A vault with one secret that speaks Key Vault's REST protocol (7.x): a challenge before the first token, versions in pages, values, and
/// its errors. Over HTTPS, with a certificate that only its own clients trust.
/// </summary>
internal sealed class VaultServer : IAsyncDisposable
{
    public const string SecretName = "webhook-keys";

    private const int PageSize = 2;

    private static readonly DateTimeOffset _epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Lock _lock = new();
    private readonly List<VaultVersion> _versions = [];
    private readonly List<VaultRequest> _requests = [];
    private readonly X509Certificate2 _certificate = MakeCertificate();
    private WebApplication _server = null!;
    private int _port;

    private VaultServer()
    {
    }

    /// <summary>The identity of its clients.</summary>
    public FakeCredential Credential { get; } = new();

    public Uri Url => new($"https://localhost:{_port}");

    /// <summary>Whether the secret was deleted.</summary>
    public bool IsDeleted { get; set; }

    /// <summary>A handler that answers in the vault's place, when it returns true.</summary>
    public Func<HttpContext, bool>? Fault { get; set; }

    /// <summary>The requests so far that came with a token.</summary>
    public IReadOnlyList<VaultRequest> Requests
    {
        get
        {
            lock (_lock)
            {
                return [.. _requests.Where(request => request.HasToken)];
            }
        }
    }

    /// <summary>The first pages of lists of versions that were asked for.</summary>
    public int Listings => Requests.Count(
        request => request.Path.EndsWith("/versions", StringComparison.Ordinal) && !request.Query.Contains("skiptoken"));

    /// <summary>The requests without a token, each of which was answered with a challenge.</summary>
    public int Challenges
    {
        get
        {
            lock (_lock)
            {
                return _requests.Count(request => !request.HasToken);
            }
        }
    }

    public static async Task<VaultServer> StartAsync()
    {
        var vault = new VaultServer();
        await vault.StartAgainAsync();
        return vault;
    }

    public async Task StartAgainAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, _port, listen => listen.UseHttps(_certificate)));
        _server = builder.Build();
        _server.Use(GuardAsync);
        _server.MapGet("/secrets/{name}/versions", List);
        _server.MapGet("/secrets/{name}/{version}", Get);
        await _server.StartAsync();
        _port = new Uri(_server.Urls.First()).Port;
    }

    /// <summary>Closes the port at once.</summary>
    public async Task StopAsync()
    {
        await _server.StopAsync(new CancellationToken(canceled: true));
        await _server.DisposeAsync();
    }

    /// <summary>Adds a version, made after those that are there.</summary>
    /// <param name="value">Its value; null for 32 random bytes in base64.</param>
    /// <param name="createdMinutes">When it was made, in minutes, if not after the others.</param>
    /// <returns>The version.</returns>
    public VaultVersion Add(string? value = null, int? createdMinutes = null)
    {
        lock (_lock)
        {
            var version = new VaultVersion(
                RandomNumberGenerator.GetHexString(32, lowercase: true),
                value ?? Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
                _epoch.AddMinutes(createdMinutes ?? _versions.Count));
            _versions.Add(version);
            return version;
        }
    }

    /// <summary>A real client of this vault.</summary>
    public SecretClient Client()
    {
        var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback =
            (_, certificate, _, _) => certificate?.GetCertHashString() == _certificate.GetCertHashString();
        var options = new SecretClientOptions
        {
            Transport = new HttpClientTransport(new HttpClient(handler)),
            // The challenge names Azure's resource, and this vault is not in its domain.
            DisableChallengeResourceVerification = true,
        };
        options.Retry.MaxRetries = 1;
        options.Retry.Delay = TimeSpan.FromMilliseconds(1);
        return new SecretClient(Url, Credential, options);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _certificate.Dispose();
    }

    private async Task GuardAsync(HttpContext context, RequestDelegate next)
    {
        var hasToken = context.Request.Headers.Authorization == $"Bearer {FakeCredential.Token}";
        lock (_lock)
        {
            _requests.Add(new VaultRequest(context.Request.Path, context.Request.QueryString.Value ?? "", hasToken, DateTimeOffset.UtcNow));
        }

        if (!hasToken)
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            context.Response.Headers.WWWAuthenticate =
                """Bearer authorization="https://login.example.com/tenant-1", resource="https://vault.azure.net" """.TrimEnd();
            return;
        }

        if (Fault?.Invoke(context) != true)
        {
            await next(context);
        }
    }

    private IResult List(string name, HttpRequest request)
    {
        lock (_lock)
        {
            if (IsDeleted || name != SecretName)
            {
                return Error(StatusCodes.Status404NotFound, "SecretNotFound");
            }

            var from = int.Parse(request.Query["$skiptoken"].FirstOrDefault() ?? "0", CultureInfo.InvariantCulture);
            var page = _versions.Skip(from).Take(PageSize).Select(version => new { id = Id(version), attributes = Attributes(version) });
            var next = from + PageSize < _versions.Count
                ? $"{Url}secrets/{SecretName}/versions?api-version=7.6&$skiptoken={from + PageSize}"
                : null;
            return Results.Json(new { value = page.ToList(), nextLink = next });
        }
    }

    private IResult Get(string name, string version)
    {
        lock (_lock)
        {
            return _versions.SingleOrDefault(item => item.Name == version) is not { } found || IsDeleted || name != SecretName
                ? Error(StatusCodes.Status404NotFound, "SecretNotFound")
                : found.IsEnabled
                    ? Results.Json(new { value = found.Value, id = Id(found), attributes = Attributes(found) })
                    : Error(StatusCodes.Status403Forbidden, "Forbidden");
        }
    }

    private static IResult Error(int status, string code) =>
        Results.Json(new { error = new { code, message = "Refused." } }, statusCode: status);

    private string Id(VaultVersion version) => $"{Url}secrets/{SecretName}/{version.Name}";

    private static object Attributes(VaultVersion version) => new
    {
        enabled = version.IsEnabled,
        created = version.CreatedOn.ToUnixTimeSeconds(),
        updated = version.CreatedOn.ToUnixTimeSeconds(),
        recoveryLevel = "Recoverable+Purgeable",
    };

    private static X509Certificate2 MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}
