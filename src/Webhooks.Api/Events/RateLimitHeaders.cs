using System.Globalization;
using Microsoft.AspNetCore.Http;
using Webhooks.Core.Organizations;

namespace Webhooks.Api.Events;

/// <summary>
/// The headers that tell a publisher of its limit (draft-ietf-httpapi-ratelimit-headers-10): <c>RateLimit-Policy</c> has the burst (q) and
/// the seconds in which it comes back (w), <c>RateLimit</c> how many events are left of it (r), and in how many seconds it is whole (t).
/// </summary>
internal static class RateLimitHeaders
{
    public const string Policy = "RateLimit-Policy";
    public const string Left = "RateLimit";

    /// <summary>Whole seconds, at least one.</summary>
    public static string Seconds(TimeSpan time) =>
        Math.Max(1, (long)Math.Ceiling(time.TotalSeconds)).ToString(CultureInfo.InvariantCulture);

    /// <summary>Adds the headers to an answer, if there is a limit.</summary>
    public static void Write(HttpResponse response, PublishAllowance? allowance)
    {
        if (allowance is not null)
        {
            var (rate, reset) = (allowance.Rate, (long)Math.Ceiling(allowance.Reset.TotalSeconds));
            response.Headers[Policy] = string.Create(
                CultureInfo.InvariantCulture, $"\"publish\";q={rate.Burst};w={Seconds(TimeSpan.FromSeconds(rate.Burst / rate.PerSecond))}");
            response.Headers[Left] = string.Create(CultureInfo.InvariantCulture, $"\"publish\";r={allowance.Remaining};t={reset}");
        }
    }
}
