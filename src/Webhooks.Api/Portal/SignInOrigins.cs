using System.Text.Json;
using Microsoft.Extensions.Logging;
using Webhooks.Api.Security;

namespace Webhooks.Api.Portal;

/// <summary>
/// The origins that the portal calls when somebody signs in: that of the authority, and that of its token endpoint, which may be another
/// and stands in its discovery document. That is read when the page is asked for, and again after an hour. While it cannot be read, the
/// page is served all the same, with what is known.
/// </summary>
internal sealed partial class SignInOrigins(
    PortalSettings settings, IHttpClientFactory clients, TimeProvider clock, ILogger<SignInOrigins> logger)
{
    /// <summary>The name of the client that reads the document.</summary>
    public const string Client = "Webhooks.Portal.SignIn";

    private const int MostBytes = 1024 * 1024;

    private static readonly TimeSpan _validity = TimeSpan.FromHours(1);

    /// <summary>After a failure: whoever asks for pages does not make this server ask the authority more often.</summary>
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(1);

    /// <summary>For how long a page waits for an authority.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private Task _reading = Task.CompletedTask;
    private DateTimeOffset _readAgainAt = DateTimeOffset.MinValue;
    private bool _isFailing;
    private volatile string? _tokenOrigin;

    /// <summary>Sets up the client that reads the document.</summary>
    public static void Configure(HttpClient client)
    {
        client.Timeout = TimeSpan.FromSeconds(10);
        client.MaxResponseContentBufferSize = MostBytes;
    }

    /// <summary>The origins; none when nobody signs in.</summary>
    public async ValueTask<IReadOnlyCollection<string>> FindAsync(CancellationToken cancellationToken)
    {
        if (settings.OpenIdConnect is not { } signIn)
        {
            return [];
        }

        try
        {
            await KeepUpToDate(signIn).WaitAsync(_patience, clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            // It goes on, for the next page.
        }

        var authority = signIn.Authority.GetLeftPart(UriPartial.Authority);
        return _tokenOrigin is { } origin && origin != authority ? [authority, origin] : [authority];
    }

    private Task KeepUpToDate(PortalSignIn signIn)
    {
        lock (_lock)
        {
            return !_reading.IsCompleted || clock.GetUtcNow() < _readAgainAt ? _reading : _reading = ReadAsync(signIn);
        }
    }

    private async Task ReadAsync(PortalSignIn signIn)
    {
        var authority = signIn.Authority.OriginalString.TrimEnd('/');
        try
        {
            using var client = clients.CreateClient(Client);
            var document = await client.GetByteArrayAsync(new Uri($"{authority}/.well-known/openid-configuration"));
            _tokenOrigin = TokenOriginOf(document);
            SetReadAgainAfter(_validity, isFailing: false);
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or JsonException)
        {
            if (!_isFailing)
            {
                LogUnreadable(authority, exception.Message);
            }

            SetReadAgainAfter(_pause, isFailing: true);
        }
    }

    private void SetReadAgainAfter(TimeSpan wait, bool isFailing)
    {
        lock (_lock)
        {
            _readAgainAt = clock.GetUtcNow() + wait;
            _isFailing = isFailing;
        }
    }

    /// <summary>The origin of the token endpoint; null when the document names none that a browser may be sent to.</summary>
    private static string? TokenOriginOf(byte[] document)
    {
        using var json = JsonDocument.Parse(document);
        return json.RootElement.ValueKind == JsonValueKind.Object
            && json.RootElement.TryGetProperty("token_endpoint", out var endpoint)
            && endpoint.ValueKind == JsonValueKind.String
            && Uri.TryCreate(endpoint.GetString(), UriKind.Absolute, out var url)
            && url.Scheme == Uri.UriSchemeHttps
            && url.GetLeftPart(UriPartial.Authority) is var origin
            && WebOrigin.Is(origin)
            ? origin
            : null;
    }

    [LoggerMessage(
        1,
        LogLevel.Warning,
        "portal: the discovery document of {Authority} cannot be read, so people may not be able to sign in: {Reason}")]
    private partial void LogUnreadable(string authority, string reason);
}
