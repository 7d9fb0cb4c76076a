using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Text;
using Webhooks.Core.Sending;

namespace Webhooks.Core.Webhooks;

/// <summary>Which URLs a webhook may have. The addresses behind a host name are vetted again at every connection (<c>Sending/</c>).</summary>
public static class WebhookUrl
{
    private const string Example = "https://example.com/webhooks";

    private const string NotAbsolute = $"The URL is not a complete web address with a valid host. Write one such as {Example}.";

    /// <summary>Null when the URL may be used, or else what is wrong and what to do, for the person who set it.</summary>
    public static string? Problem(string url, WebhooksOptions options)
    {
        if (url.Length > options.Limits.UrlLength)
        {
            return $"The URL has {url.Length} characters, and the limit is {options.Limits.UrlLength}. Use a shorter one.";
        }

        TryRead(url, options, out _, out var problem);
        return problem;
    }

    /// <summary>Reads a stored URL by the rules of today, but for its length, which was judged when it was set.</summary>
    internal static bool TryRead(string url, WebhooksOptions options, [NotNullWhen(true)] out Uri? uri, [NotNullWhen(false)] out string? problem)
    {
        uri = null;
        problem = TextProblem(url);
        if (problem is null)
        {
            problem = Uri.TryCreate(url, UriKind.Absolute, out uri) ? PartProblem(uri, url, options) : NotAbsolute;
        }

        return problem is null;
    }

    /// <summary>What the parser of <see cref="Uri"/> would mend, drop or throw on instead of refusing.</summary>
    private static string? TextProblem(string url)
    {
        if (string.IsNullOrWhiteSpace(url))
        {
            return $"The URL is empty. Write one such as {Example}.";
        }

        if (!HasScheme(url, Uri.UriSchemeHttps) && !HasScheme(url, Uri.UriSchemeHttp))
        {
            return $"The URL does not begin with https:// (or http:// where that is allowed). Write a complete one such as {Example}.";
        }

        if (HasUnprintable(url))
        {
            return "The URL contains a space, a control character or a broken one. Remove it, or percent-encode it.";
        }

        if (url.Contains('\\'))
        {
            return "The URL contains a backslash. Write / or percent-encode it as %5C.";
        }

        return null;
    }

    private static string? PartProblem(Uri uri, string url, WebhooksOptions options)
    {
        if (options.RequireHttps && uri.Scheme != Uri.UriSchemeHttps)
        {
            return "The URL must begin with https://.";
        }

        if (Authority(url).Contains('@'))
        {
            return "The URL contains a user name or password. Remove it: what is sent is authenticated by its signature.";
        }

        if (url.Contains('#'))
        {
            return "The URL contains a fragment (#), which is never sent to a server. Remove it, or percent-encode it as %23.";
        }

        if (uri.HostNameType is not (UriHostNameType.Dns or UriHostNameType.IPv4 or UriHostNameType.IPv6))
        {
            return NotAbsolute;
        }

        if (!EgressPolicy.AllowsPort(uri.Port))
        {
            return $"Webhooks are not sent to port {uri.Port}. Use 443, 80, or one from 1024 up that no other well-known service uses.";
        }

        return IsRefusedLiteral(uri.IdnHost, new EgressPolicy(options.AllowedNetworks))
            ? "The URL's host is a private, loopback or otherwise special address. Use a public one, or have the operator allow its network (Webhooks__AllowedNetworks)."
            : null;
    }

    private static bool HasScheme(string url, string scheme) =>
        url.StartsWith(scheme + Uri.SchemeDelimiter, StringComparison.OrdinalIgnoreCase);

    private static bool HasUnprintable(string url)
    {
        foreach (var rune in url.EnumerateRunes())
        {
            // A lone surrogate is enumerated as the replacement character.
            if (rune == Rune.ReplacementChar || Rune.IsWhiteSpace(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format)
            {
                return true;
            }
        }

        return false;
    }

    private static ReadOnlySpan<char> Authority(string url)
    {
        var rest = url.AsSpan(url.IndexOf(Uri.SchemeDelimiter, StringComparison.Ordinal) + Uri.SchemeDelimiter.Length);
        var end = rest.IndexOfAny('/', '?', '#');
        return end < 0 ? rest : rest[..end];
    }

    /// <summary>Names of the local machine (RFC 6761) are judged like its addresses.</summary>
    private static bool IsRefusedLiteral(string host, EgressPolicy policy)
    {
        var name = host.TrimEnd('.');
        if (name.Equals("localhost", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase))
        {
            return !policy.Allows(IPAddress.Loopback) && !policy.Allows(IPAddress.IPv6Loopback);
        }

        return EgressPolicy.TryReadLiteral(host, out var address) && !policy.Allows(address);
    }
}
