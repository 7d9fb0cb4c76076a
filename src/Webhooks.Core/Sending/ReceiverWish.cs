using System.Globalization;
using System.Net.Http.Headers;

namespace Webhooks.Core.Sending;

/// <summary>What a receiver asks of the sender in the headers of its answer; most answers ask nothing.</summary>
/// <param name="RetryAfter">
/// <c>Retry-After</c> of a 429 or 503: for how long the receiver wants nothing, more than zero and at most <see cref="LongestWait"/>; or
/// null.
/// </param>
/// <param name="Abort"><c>webhook-delivery: abort-message</c>: the receiver does not want this delivery again.</param>
/// <param name="Disable"><c>webhook-delivery: disable</c>: the receiver does not want deliveries of this webhook any more.</param>
public sealed record ReceiverWish(TimeSpan? RetryAfter, bool Abort, bool Disable)
{
    /// <summary>
    /// The longest that a receiver can have a webhook wait: a clock or a unit that is wrong must not stop it for good.
    /// </summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromHours(24);

    private const string RetryAfterHeader = "Retry-After";

    private const string DeliveryHeader = "webhook-delivery";

    /// <summary>Reads an answer's headers. What cannot be understood is no wish.</summary>
    /// <param name="status">The answer's HTTP status.</param>
    /// <param name="headers">The answer's headers, as they came.</param>
    /// <param name="now">UTC; a date counts from the answer's own <c>Date</c> where it has one, since the receiver's clock may be
    /// wrong.</param>
    /// <returns>Null when the answer asks nothing.</returns>
    public static ReceiverWish? Read(int status, HttpResponseHeaders headers, DateTimeOffset now)
    {
        var retryAfter = status is 429 or 503 ? ReadRetryAfter(headers, now) : null;
        var (abort, disable) = ReadDelivery(headers.NonValidated);
        return retryAfter is null && !abort && !disable ? null : new ReceiverWish(retryAfter, abort, disable);
    }

    private static TimeSpan? ReadRetryAfter(HttpResponseHeaders headers, DateTimeOffset now)
    {
        if (!headers.NonValidated.TryGetValues(RetryAfterHeader, out var values))
        {
            return null;
        }

        var text = values.First().Trim();
        if (ReadSeconds(text) is { } seconds)
        {
            return Within(seconds);
        }

        return RetryConditionHeaderValue.TryParse(text, out var condition) && condition.Date is { } date
            ? Within((date - (headers.Date ?? now)).TotalSeconds)
            : null;
    }

    /// <summary>
    /// Whole seconds are what the standard allows (RFC 9110, section 10.2.3); fractions are sent all the same. A sign or an exponent is
    /// neither.
    /// </summary>
    private static double? ReadSeconds(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && char.IsAsciiDigit(text[0])
            ? seconds
            : null;

    /// <summary>Nothing where the time is over already.</summary>
    private static TimeSpan? Within(double seconds) =>
        seconds > 0 ? TimeSpan.FromSeconds(Math.Min(seconds, LongestWait.TotalSeconds)) : null;

    private static (bool Abort, bool Disable) ReadDelivery(HttpHeadersNonValidated headers)
    {
        if (!headers.TryGetValues(DeliveryHeader, out var values))
        {
            return (false, false);
        }

        var (abort, disable) = (false, false);
        foreach (var word in values.SelectMany(value => value.Split(',', StringSplitOptions.TrimEntries)))
        {
            abort |= string.Equals(word, "abort-message", StringComparison.OrdinalIgnoreCase);
            disable |= string.Equals(word, "disable", StringComparison.OrdinalIgnoreCase);
        }

        return (abort, disable);
    }
}
