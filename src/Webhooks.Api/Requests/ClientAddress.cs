using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Webhooks.Core;

namespace Webhooks.Api.Requests;

/// <summary>
/// The address of a request's caller: the connection's or, where that is a trusted proxy's (<c>Webhooks__TrustedProxies</c>), the one that
/// the proxy has added to <c>X-Forwarded-For</c>. The header is read from the right, one entry for each trusted proxy: what stands left of
/// the first entry that is none of them can be made up by anybody.
/// </summary>
/// <param name="proxies">The networks of the proxies that are trusted.</param>
/// <remarks>On the Functions app, the worker has taken the connection's address from what Azure's front end says already.</remarks>
internal sealed class ClientAddress(IReadOnlyList<IPNetwork> proxies)
{
    private const string Setting = "TrustedProxies";
    private const string Header = "X-Forwarded-For";

    /// <summary>Reads and checks the setting.</summary>
    /// <exception cref="InvalidSettingException">It does not name networks.</exception>
    public static ClientAddress From(IConfiguration configuration) =>
        new(WebhooksOptions.Read(configuration.GetSection(WebhooksOptions.Section), Setting, WebhooksOptions.ParseNetworks, []));

    /// <summary>Whether a request comes from a trusted proxy, whose headers are to be believed.</summary>
    public bool IsForwarded(HttpContext context) =>
        Plain(context.Connection.RemoteIpAddress) is { } connection && IsTrusted(connection);

    /// <summary>The address of the caller; null when the connection has none. An IPv4 address is never written as an IPv6 one.</summary>
    public IPAddress? Of(HttpContext context)
    {
        var address = Plain(context.Connection.RemoteIpAddress);
        if (address is null || !IsTrusted(address))
        {
            return address;
        }

        var header = context.Request.Headers[Header].ToString().AsSpan();
        while (!header.IsEmpty)
        {
            var comma = header.LastIndexOf(',');
            if (Parse(header[(comma + 1)..].Trim()) is not { } forwarded)
            {
                // Whoever wrote this is the last who is known.
                return address;
            }

            address = forwarded;
            if (!IsTrusted(address))
            {
                return address;
            }

            header = comma < 0 ? [] : header[..comma];
        }

        return address;
    }

    /// <summary>An entry: an address, maybe with a port, an IPv6 address with or without brackets.</summary>
    private static IPAddress? Parse(ReadOnlySpan<char> entry) =>
        IPEndPoint.TryParse(entry, out var endpoint) ? Plain(endpoint.Address) : null;

    private static IPAddress? Plain(IPAddress? address) => address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;

    private bool IsTrusted(IPAddress address)
    {
        foreach (var network in proxies)
        {
            if (network.Contains(address))
            {
                return true;
            }
        }

        return false;
    }
}
