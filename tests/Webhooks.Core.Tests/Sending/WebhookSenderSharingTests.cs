using System.Net;
using Webhooks.Core.Sending;
using Webhooks.Testing;

namespace Webhooks.Core.Tests.Sending;

/// <summary>How organizations whose webhooks have the same host share its connections.</summary>
public sealed class WebhookSenderSharingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_organization_whose_requests_hang_leaves_the_host_to_others()
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Token);
        await using var receiver = RawReceiver.Start(HangUnlessAskedNotToAsync);
        using var sender = new WebhookSender(Requests.LocalOptions(timeout: 300), Dns.GetHostAddressesAsync, placesPerHost: 4);
        var hanging = Requests.To(receiver.Url + "/hang") with { OrgId = Guid.NewGuid() };
        var attempts = Enumerable.Range(0, 50).Select(_ => sender.SendAsync(hanging, leaving.Token)).ToArray();
        await Eventually.HoldsAsync(() => receiver.Connections == 2, () => $"{receiver.Connections} connections", Token);

        var outcome = await sender.SendAsync(Requests.To(receiver.Url) with { OrgId = Guid.NewGuid() }, Token);

        Assert.Equal(new SendOutcome.Answered(200, "ok"), outcome);
        Assert.Equal(3, receiver.Connections);
        await leaving.CancelAsync();
        await Task.WhenAll(attempts).ContinueWith(_ => { }, TaskScheduler.Default);
    }

    [Fact]
    public async Task The_wait_for_a_place_does_not_count_as_the_attempts_time()
    {
        await using var receiver = RawReceiver.Start(HangUnlessAskedNotToAsync);
        using var sender = new WebhookSender(Requests.LocalOptions(timeout: 2), Dns.GetHostAddressesAsync, placesPerHost: 2);

        var hanging = sender.SendAsync(Requests.To(receiver.Url + "/hang"), Token);
        var waiting = sender.SendAsync(Requests.To(receiver.Url), Token);

        Assert.Equal(SendError.Timeout, Assert.IsType<SendOutcome.NotAnswered>(await hanging).Error);
        Assert.Equal(new SendOutcome.Answered(200, "ok"), await waiting);
    }

    [Fact]
    public async Task When_no_place_becomes_free_the_outcome_says_that_nothing_was_sent()
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Token);
        await using var receiver = RawReceiver.Start(HangUnlessAskedNotToAsync);
        using var sender = new WebhookSender(Requests.LocalOptions(timeout: 300), Dns.GetHostAddressesAsync, placesPerHost: 2);
        var hanging = sender.SendAsync(Requests.To(receiver.Url + "/hang"), leaving.Token);

        var failure = Assert.IsType<SendOutcome.NotAnswered>(await sender.SendAsync(Requests.To(receiver.Url), Token));

        Assert.Equal(SendError.Timeout, failure.Error);
        Assert.Contains("another was not begun", failure.Message, StringComparison.Ordinal);
        Assert.Equal(1, receiver.Connections);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hanging);
    }

    private static async Task HangUnlessAskedNotToAsync(RawConnection connection, CancellationToken cancellationToken)
    {
        if ((await connection.ReadRequestAsync(cancellationToken)).StartsWith("POST /hang ", StringComparison.Ordinal))
        {
            await connection.WaitForCloseAsync(cancellationToken);
        }
        else
        {
            await connection.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", cancellationToken);
        }
    }
}
