using System.Net;
using System.Security.Cryptography.X509Certificates;
using Webhooks.Core.Sending;
using Webhooks.Testing;

namespace Webhooks.Core.Tests.Sending;

/// <summary>Which secure connections are made.</summary>
public sealed class WebhookSenderTlsTests : IDisposable
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private readonly TestAuthority _authority = new();

    public void Dispose() => _authority.Dispose();

    [Theory]
    [InlineData(null)]
    [InlineData(ServerAuthentication)]
    public async Task A_receiver_with_a_trusted_certificate_gets_the_request(string? usage)
    {
        using var certificate = _authority.Issue(usage: usage);

        Assert.Equal(new SendOutcome.Answered(200, "ok"), await SendToReceiverWithAsync(certificate));
    }

    [Fact]
    public async Task A_certificate_that_nobody_trusts_is_tls_error()
    {
        using var certificate = TestAuthority.SelfSigned();

        AssertTlsError(await SendToReceiverWithAsync(certificate));
    }

    [Fact]
    public async Task A_certificate_for_another_host_is_tls_error()
    {
        using var certificate = _authority.Issue(address: IPAddress.Parse("127.0.0.9"));

        AssertTlsError(await SendToReceiverWithAsync(certificate));
    }

    [Fact]
    public async Task A_certificate_that_has_expired_is_tls_error()
    {
        using var certificate = _authority.Issue(end: DateTimeOffset.UtcNow.AddDays(-1));

        AssertTlsError(await SendToReceiverWithAsync(certificate));
    }

    [Fact]
    public async Task A_certificate_that_is_not_for_servers_is_tls_error()
    {
        using var certificate = _authority.Issue(usage: ClientAuthentication);

        AssertTlsError(await SendToReceiverWithAsync(certificate));
    }

    [Fact]
    public async Task The_URLs_in_a_receiver_s_certificate_are_not_fetched()
    {
        using var unknown = new TestAuthority();
        await using var issuer = await Receiver.StartAsync();
        using var certificate = unknown.Issue(issuerUrl: issuer.Url);

        AssertTlsError(await SendToReceiverWithAsync(certificate));

        Assert.Empty(issuer.Requests);
    }

    [Fact]
    public async Task A_receiver_that_demands_a_client_certificate_by_TLS_1_3_is_tls_error_and_the_words_say_it()
    {
        using var certificate = _authority.Issue();
        using var receiver = DemandingReceiver.Start(certificate, "1.3");
        using var sender = new WebhookSender(Requests.LocalOptions(), Dns.GetHostAddressesAsync, trustedRoot: _authority.Root);

        var failure = AssertTlsError(await sender.SendAsync(Requests.To(receiver.Url), TestContext.Current.CancellationToken));

        Assert.StartsWith("The server demands a client certificate", failure.Message);
    }

    [Fact]
    public async Task A_receiver_that_demands_a_client_certificate_by_TLS_1_2_is_tls_error_and_the_words_name_it()
    {
        using var certificate = _authority.Issue();
        using var receiver = DemandingReceiver.Start(certificate, "1.2");
        using var sender = new WebhookSender(Requests.LocalOptions(), Dns.GetHostAddressesAsync, trustedRoot: _authority.Root);

        var failure = AssertTlsError(await sender.SendAsync(Requests.To(receiver.Url), TestContext.Current.CancellationToken));

        Assert.Contains("client certificate", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plain_http_on_an_https_port_is_tls_error()
    {
        await using var receiver = RawReceiver.Start(async (connection, cancellationToken) =>
        {
            await connection.WriteAsync("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", cancellationToken);
            await connection.WaitForCloseAsync(cancellationToken);
        });

        AssertTlsError(await Requests.SendOnceAsync($"https://127.0.0.1:{receiver.Port}/"));
    }

    [Fact]
    public async Task A_receiver_that_closes_in_the_handshake_is_tls_error()
    {
        await using var receiver = RawReceiver.Start((connection, cancellationToken) => connection.ReadSomeAsync(cancellationToken));

        AssertTlsError(await Requests.SendOnceAsync($"https://127.0.0.1:{receiver.Port}/"));
    }

    [Fact]
    public async Task A_receiver_that_never_finishes_the_handshake_is_timeout()
    {
        await using var receiver = RawReceiver.Start((connection, cancellationToken) => connection.WaitForCloseAsync(cancellationToken));

        var outcome = await Requests.SendOnceAsync($"https://127.0.0.1:{receiver.Port}/", Requests.LocalOptions(timeout: 1));

        Assert.Equal(SendError.Timeout, Assert.IsType<SendOutcome.NotAnswered>(outcome).Error);
    }

    private async Task<SendOutcome> SendToReceiverWithAsync(X509Certificate2 certificate)
    {
        await using var receiver = RawReceiver.Start(
            async (connection, cancellationToken) =>
            {
                await connection.ReadRequestAsync(cancellationToken);
                await connection.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", cancellationToken);
            },
            certificate);
        using var sender = new WebhookSender(Requests.LocalOptions(), Dns.GetHostAddressesAsync, trustedRoot: _authority.Root);
        return await sender.SendAsync(Requests.To(receiver.Url), TestContext.Current.CancellationToken);
    }

    private static SendOutcome.NotAnswered AssertTlsError(SendOutcome outcome)
    {
        var failure = Assert.IsType<SendOutcome.NotAnswered>(outcome);
        Assert.Equal(SendError.TlsError, failure.Error);
        return failure;
    }
}
