using System.Net;
using CsCheck;
using Webhooks.Core.Sending;
using Webhooks.Testing;

namespace Webhooks.Core.Tests.Sending;

/// <summary>What an answer's headers ask for, and what of it is listened to.</summary>
public sealed class ReceiverWishTests
{
    private static readonly DateTimeOffset _now = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    [Theory]
    [InlineData("120", 120)]
    [InlineData(" 120 ", 120)]
    [InlineData("1.5", 1.5)]
    [InlineData("0.001", 0.001)]
    [InlineData("86400", 86_400)]
    [InlineData("86401", 86_400)]
    [InlineData("99999999999999999999999999999999999999", 86_400)]
    [InlineData("Wed, 04 Mar 2026 05:08:07 GMT", 120)]
    [InlineData("Wednesday, 04-Mar-26 05:08:07 GMT", 120)]
    [InlineData("Wed Mar  4 05:08:07 2026", 120)]
    [InlineData("Fri, 31 Dec 9999 23:59:59 GMT", 86_400)]
    public void Retry_After_is_read_as_seconds_a_decimal_or_a_date_and_never_exceeds_a_day(string value, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Read(429, ("Retry-After", value))?.RetryAfter);

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData(".5")]
    [InlineData("1e3")]
    [InlineData("1,5")]
    [InlineData("0x10")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("60 seconds")]
    [InlineData("soon")]
    [InlineData("\u0661\u0662")]
    [InlineData("Wed, 04 Mar 2026 05:06:07 GMT")]
    [InlineData("Sun, 06 Nov 1994 08:49:37 GMT")]
    [InlineData("Wed, 99 Mar 2026 05:08:07 GMT")]
    [InlineData("2026-03-04T05:08:07Z")]
    public void What_is_over_or_cannot_be_understood_is_no_wish(string value) => Assert.Null(Read(503, ("Retry-After", value)));

    [Fact]
    public void A_date_counts_from_the_receivers_own_clock()
    {
        var wish = Read(503, ("Date", "Mon, 01 Jan 2024 00:00:00 GMT"), ("Retry-After", "Mon, 01 Jan 2024 00:01:00 GMT"));

        Assert.Equal(TimeSpan.FromMinutes(1), wish?.RetryAfter);
    }

    [Fact]
    public void Only_429_and_503_are_asked_when_to_come_back() =>
        Gen.Int[100, 999].Where(status => status is not (429 or 503))
            .Sample(status => Assert.Null(Read(status, ("Retry-After", "120"))));

    [Fact]
    public void Of_several_values_the_first_counts() =>
        Assert.Equal(TimeSpan.FromSeconds(7), Read(429, ("Retry-After", "7"), ("Retry-After", "900"))?.RetryAfter);

    [Fact]
    public void Nothing_that_a_receiver_writes_fails_or_leaves_the_bounds() =>
        Gen.Select(Gen.Int[400, 599], Gen.String, Gen.String).Sample((status, retryAfter, delivery) =>
        {
            var wish = Read(status, ("Retry-After", retryAfter), ("webhook-delivery", delivery));
            Assert.True(wish?.RetryAfter is null || (wish.RetryAfter > TimeSpan.Zero && wish.RetryAfter <= ReceiverWish.LongestWait));
        });

    [Theory]
    [InlineData("abort-message", true, false)]
    [InlineData("Abort-Message", true, false)]
    [InlineData(" disable ", false, true)]
    [InlineData("disable, abort-message", true, true)]
    public void The_receiver_may_end_a_delivery_or_all_of_them(string value, bool abort, bool disable) =>
        Assert.Equal(new ReceiverWish(RetryAfter: null, abort, disable), Read(500, ("webhook-delivery", value)));

    [Theory]
    [InlineData("")]
    [InlineData("stop")]
    [InlineData("abort message")]
    [InlineData("disabled")]
    public void An_unknown_word_is_no_wish(string value) => Assert.Null(Read(500, ("webhook-delivery", value)));

    [Fact]
    public async Task It_comes_with_the_answer()
    {
        await using var receiver = RawReceiver.Answering(
            "HTTP/1.1 503 Busy\r\nRETRY-AFTER: 12\r\nWebhook-Delivery: abort-message\r\nContent-Length: 0\r\n\r\n");

        var answer = Assert.IsType<SendOutcome.Answered>(await Requests.SendOnceAsync(receiver.Url));

        Assert.Equal(new ReceiverWish(TimeSpan.FromSeconds(12), Abort: true, Disable: false), answer.Wish);
    }

    private static ReceiverWish? Read(int status, params (string Name, string Value)[] headers)
    {
        using var response = new HttpResponseMessage((HttpStatusCode)status);
        foreach (var (name, value) in headers)
        {
            response.Headers.TryAddWithoutValidation(name, value);
        }

        return ReceiverWish.Read(status, response.Headers, _now);
    }
}
