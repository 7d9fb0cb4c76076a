using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Text;
using Webhooks.Core.Sending;

namespace Webhooks.Core.Webhooks;

/// <summary>
/// Which URLs a webhook may have. The addresses behind a host name are vetted again at every connection (<c>Sending/</c>).
/// </summary>
/// <remarks>
/// A URL is stored and shown in the form in which it is requested: the host in ASCII, and what may not stand in a request's target
/// percent-encoded. Everything else of it is as it was set, byte for byte.
/// </remarks>
public static class WebhookUrl
{
    private const string Example = "https://example.com/webhooks";

    private const string NotAbsolute = $"The URL is not a complete web address with a valid host. Write one such as {Example}.";

    private const string UncertainHost =
        "The URL's host name has characters whose ASCII form is not certain. Write it in that form yourself (punycode, with xn--), as "
        + "a browser's "
        + "address bar or the registrar of the domain gives it.";

    private const int LabelLength = 63;

    private const int HostLength = 253;

    /// <summary>What may stand in a request's target (RFC 3986, 3.3 and 3.4), and the brackets that are widespread there.</summary>
    private static readonly SearchValues<char> _ofTarget =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~!$&'()*+,;=:@/?%[]");

    /// <summary>
    /// The parser would otherwise decode what is percent-encoded, and resolve dots: the receiver would get another target than the one that
    /// is shown.
    /// </summary>
    private static readonly UriCreationOptions _asItIs = new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <summary>Null when the URL may be used, or else what is wrong and what to do, for the person who set it.</summary>
    public static string? Problem(string url, WebhooksOptions options) => Problem(url, options, out _);

    /// <inheritdoc cref="Problem(string, WebhooksOptions)"/>
    /// <param name="url">The URL.</param>
    /// <param name="options">The settings.</param>
    /// <param name="stored">The form to store, when there is no problem.</param>
    public static string? Problem(string url, WebhooksOptions options, out string stored)
    {
        stored = url;
        var limit = options.Limits.UrlLength;
        if (url.Length > limit)
        {
            return $"The URL has {url.Length} characters, and the limit is {limit}. Use a shorter one.";
        }

        if (!TryRead(url, options, out stored, out _, out var problem))
        {
            return problem;
        }

        return stored.Length > limit
            ? $"The URL has {stored.Length} characters when it is encoded as it is sent, and the limit is {limit}. Use a shorter one."
            : null;
    }

    /// <summary>Reads a stored URL by the rules of today, but for its length, which was judged when it was set.</summary>
    internal static bool TryRead(
        string url, WebhooksOptions options, [NotNullWhen(true)] out Uri? uri, [NotNullWhen(false)] out string? problem) =>
        TryRead(url, options, out _, out uri, out problem);

    private static bool TryRead(
        string url, WebhooksOptions options, out string sent, [NotNullWhen(true)] out Uri? uri, [NotNullWhen(false)] out string? problem)
    {
        uri = null;
        sent = url;
        problem = TextProblem(url) ?? AuthorityProblem(url) ?? Encode(url, out sent) ?? HostProblem(sent);
        if (problem is null)
        {
            problem = Uri.TryCreate(WithPath(sent), _asItIs, out uri) ? PartProblem(uri, options) : NotAbsolute;
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

        if (Authority(url).ContainsAny('\u200C', '\u200D'))
        {
            return UncertainHost;
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

    private static string? AuthorityProblem(string url)
    {
        if (Authority(url).Contains('@'))
        {
            return "The URL contains a user name or password. Remove it: what is sent is authenticated by its signature.";
        }

        if (url.Contains('#'))
        {
            return "The URL contains a fragment (#), which is never sent to a server. Remove it, or percent-encode it as %23.";
        }

        return null;
    }

    /// <summary>The URL with its host in ASCII and its target encoded; the same text when that is what it was.</summary>
    private static string? Encode(string url, out string encoded)
    {
        encoded = url;
        var start = AuthorityStart(url);
        var authority = Authority(url);
        var target = url.AsSpan(start + authority.Length);
        if (Ascii.IsValid(authority) && !target.ContainsAnyExcept(_ofTarget))
        {
            return null;
        }

        var text = new StringBuilder(url, 0, start, capacity: url.Length * 2);
        if (Ascii.IsValid(authority))
        {
            text.Append(authority);
        }
        else
        {
            var port = authority.LastIndexOf(':');
            if (!InternationalHost.TryToAscii((port < 0 ? authority : authority[..port]).ToString(), out var host))
            {
                return UncertainHost;
            }

            text.Append(host).Append(port < 0 ? [] : authority[port..]);
        }

        AppendTarget(text, target);
        encoded = text.ToString();
        return null;
    }

    private static void AppendTarget(StringBuilder text, ReadOnlySpan<char> target)
    {
        Span<byte> bytes = stackalloc byte[4];
        foreach (var character in target.EnumerateRunes())
        {
            if (character.IsAscii && _ofTarget.Contains((char)character.Value))
            {
                text.Append((char)character.Value);
                continue;
            }

            foreach (var value in bytes[..character.EncodeToUtf8(bytes)])
            {
                text.Append(CultureInfo.InvariantCulture, $"%{value:X2}");
            }
        }
    }

    /// <summary>Said before the parser, which finds a host that is too long only not valid.</summary>
    private static string? HostProblem(string url)
    {
        var authority = Authority(url);
        if (authority is ['[', ..])
        {
            return null;
        }

        var port = authority.IndexOf(':');
        var host = (port < 0 ? authority : authority[..port]).TrimEnd('.');
        if (host.Length > HostLength)
        {
            return $"The URL's host name has {host.Length} characters in its ASCII form, and a host name may have {HostLength}. "
                + "Use a shorter one.";
        }

        foreach (var label in host.Split('.'))
        {
            var (_, length) = label.GetOffsetAndLength(host.Length);
            if (length > LabelLength)
            {
                return $"A part of the URL's host name has {length} characters in its ASCII form, and may have {LabelLength}. "
                    + "Use a shorter one.";
            }
        }

        return null;
    }

    /// <summary>A request's target begins with a slash, whether or not the URL says it.</summary>
    private static string WithPath(string url)
    {
        var end = AuthorityStart(url) + Authority(url).Length;
        return end < url.Length && url[end] == '/' ? url : url.Insert(end, "/");
    }

    private static string? PartProblem(Uri uri, WebhooksOptions options)
    {
        if (options.RequireHttps && uri.Scheme != Uri.UriSchemeHttps)
        {
            return "The URL must begin with https://.";
        }

        if (uri.HostNameType is not (UriHostNameType.Dns or UriHostNameType.IPv4 or UriHostNameType.IPv6))
        {
            return NotAbsolute;
        }

        if (!EgressPolicy.AllowsPort(uri.Port))
        {
            return $"Webhooks are not sent to port {uri.Port}. Use 443, 80, or one from 1024 up that no other well-known service uses.";
        }

        return IsRefusedLiteral(uri.Host, new EgressPolicy(options.AllowedNetworks))
            ? "The URL's host is a private, loopback or otherwise special address. Use a public one, or have the operator allow its "
                + "network "
                + "(Webhooks__AllowedNetworks)."
            : null;
    }

    private static bool HasScheme(string url, string scheme) =>
        url.StartsWith(scheme + Uri.SchemeDelimiter, StringComparison.OrdinalIgnoreCase);

    private static bool HasUnprintable(string url)
    {
        foreach (var rune in url.EnumerateRunes())
        {
            // A lone surrogate is enumerated as the replacement character.
            if (rune == Rune.ReplacementChar || Rune.IsWhiteSpace(rune)
                || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format)
            {
                return true;
            }
        }

        return false;
    }

    private static int AuthorityStart(string url) =>
        url.IndexOf(Uri.SchemeDelimiter, StringComparison.Ordinal) + Uri.SchemeDelimiter.Length;

    private static ReadOnlySpan<char> Authority(string url)
    {
        var rest = url.AsSpan(AuthorityStart(url));
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
