using System.Net;
using System.Net.Sockets;

namespace Webhooks.Core.Sending;

/// <summary>
/// Which addresses and ports webhooks may be sent to: public ones, and what the operator allows. Asked when a URL is set
/// (for what it says literally) and again at every connection (for what its host name resolves to then).
/// </summary>
/// <remarks>
/// Microsoft.Security.AntiSSRF is not used for this but as a test oracle: whatever its list refuses is refused here, except
/// NAT64. It refuses all of <c>64:ff9b::/96</c>, which stops every delivery on an IPv6-only network that reaches the IPv4
/// internet through NAT64 (RFC 6147); it lets most of <c>::/8</c> through, such as the IPv4-compatible <c>::127.0.0.1</c>;
/// and its handler cannot be told to keep trace headers back.
/// </remarks>
internal sealed class EgressPolicy(IReadOnlyList<IPNetwork> allowedNetworks)
{
    /// <summary>
    /// Where clouds serve a machine's credentials and settings to whoever asks from it. A network that the operator allows does not open
    /// them: each must be named by itself. All of IPv4's link-local network is among them, since clouds put such services at addresses of
    /// their own choice there.
    /// </summary>
    private static readonly IPNetwork[] _instanceServices =
    [
        // .169.254 nearly everywhere, .170.2 and .170.23 containers of AWS, .42.42 Scaleway, .0.23 Tencent, .129.x Azure
        IPNetwork.Parse("169.254.0.0/16"),
        IPNetwork.Parse("168.63.129.16/32"), // Azure's host agent (WireServer)
        IPNetwork.Parse("100.100.100.200/32"), // Alibaba Cloud
        IPNetwork.Parse("192.0.0.192/32"), // Oracle Cloud
        IPNetwork.Parse("fd00:ec2::/32"), // AWS: ::254 metadata, ::23 credentials of pods
        IPNetwork.Parse("fd20:ce::254/128"), // Google Cloud
        IPNetwork.Parse("fd00:42::42/128"), // Scaleway
        IPNetwork.Parse("fe80::a9fe:a9fe/128"), // OpenStack
    ];

    private static readonly IPNetwork[] _refusedIPv4 =
    [
        IPNetwork.Parse("0.0.0.0/8"), // "this network", RFC 791
        IPNetwork.Parse("10.0.0.0/8"), // private, RFC 1918
        IPNetwork.Parse("100.64.0.0/10"), // shared by carriers, RFC 6598; Alibaba Cloud's metadata
        IPNetwork.Parse("127.0.0.0/8"), // loopback
        IPNetwork.Parse("168.63.129.16/32"), // Azure's host agent (WireServer)
        IPNetwork.Parse("169.254.0.0/16"), // link-local, and most clouds' metadata
        IPNetwork.Parse("172.16.0.0/12"), // private
        IPNetwork.Parse("192.0.0.0/24"), // protocol assignments, RFC 6890; Oracle Cloud's metadata
        IPNetwork.Parse("192.0.2.0/24"), // documentation, RFC 5737
        IPNetwork.Parse("192.31.196.0/24"), // AS112, RFC 7535
        IPNetwork.Parse("192.52.193.0/24"), // AMT, RFC 7450
        IPNetwork.Parse("192.88.99.0/24"), // 6to4 relays, RFC 7526
        IPNetwork.Parse("192.168.0.0/16"), // private
        IPNetwork.Parse("192.175.48.0/24"), // AS112, RFC 7534
        IPNetwork.Parse("198.18.0.0/15"), // benchmarks, RFC 2544
        IPNetwork.Parse("198.51.100.0/24"), // documentation
        IPNetwork.Parse("203.0.113.0/24"), // documentation
        IPNetwork.Parse("224.0.0.0/4"), // multicast
        IPNetwork.Parse("240.0.0.0/4"), // reserved, and broadcast
    ];

    /// <summary>
    /// All of IPv6 that is assigned to public hosts; what lies outside is loopback, private, link-local, multicast or unassigned.
    /// </summary>
    private static readonly IPNetwork _globalIPv6 = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork[] _refusedGlobalIPv6 =
    [
        IPNetwork.Parse("2001::/23"), // protocol assignments, RFC 2928: Teredo, benchmarks, ORCHID and others
        IPNetwork.Parse("2001:db8::/32"), // documentation, RFC 3849
        IPNetwork.Parse("2002::/16"), // 6to4, RFC 7526: an IPv4 address of anyone's choice inside
        IPNetwork.Parse("2620:4f:8000::/48"), // AS112
        IPNetwork.Parse("3fff::/20"), // documentation, RFC 9637
    ];

    private static readonly IPNetwork _nat64 = IPNetwork.Parse("64:ff9b::/96");

    private static readonly IPNetwork _localNat64 = IPNetwork.Parse("64:ff9b:1::/48");

    private static readonly IPNetwork _6to4 = IPNetwork.Parse("2002::/16");

    private static readonly IPNetwork _teredo = IPNetwork.Parse("2001::/32");

    /// <summary>
    /// Services above port 1023 that speak no HTTP or must not be spoken to from outside: databases, caches, brokers, remote control.
    /// </summary>
    private static readonly HashSet<int> _refusedPorts =
    [
        1433, 1521, 1723, 2049, 2375, 2376, 2379, 2380, 3306, 3389, 4369, 5060, 5061, 5432, 5671, 5672, 5900, 5985, 5986, 6000, 6379, 6380,
        6665, 6666, 6667, 6668, 6669, 6697, 9042, 9092, 9200, 9300, 10250, 11211, 27017, 27018, 27019,
    ];

    /// <summary>80, 443, and from 1024 up all but the well-known ports of other services. No network's allowance widens this.</summary>
    public static bool AllowsPort(int port) => port is 80 or 443 || (port is >= 1024 and <= 65535 && !_refusedPorts.Contains(port));

    /// <summary>
    /// Whether webhooks may be sent to this address: it is public, or in an allowed network, or carries an IPv4 address that is. An address
    /// of a cloud's instance services, or one that may carry such an address, is allowed only where it is named by itself.
    /// </summary>
    public bool Allows(IPAddress address) =>
        IsNamed(address)
        || (!ReachesInstanceService(address)
            && (IsAllowedByOperator(address) || (CarriedIPv4(address) is { } carried ? Allows(carried) : IsPublic(address))));

    /// <summary>
    /// The allowed networks that hold addresses of instance services, which stay refused: not those that name a single address.
    /// </summary>
    public static IEnumerable<IPNetwork> HoldingInstanceServices(IEnumerable<IPNetwork> networks) =>
        networks.Where(network => !IsSingle(network) && _instanceServices.Any(service => Overlap(network, service)));

    /// <summary>Reads a URL's host that is an address and not a name: with or without brackets, zone and final dot.</summary>
    public static bool TryReadLiteral(string host, out IPAddress address)
    {
        var text = host.AsSpan().TrimStart('[').TrimEnd("].");
        var zone = text.IndexOf('%');
        if (IPAddress.TryParse(zone < 0 ? text : text[..zone], out var literal))
        {
            address = literal;
            return true;
        }

        address = IPAddress.None;
        return false;
    }

    private bool IsAllowedByOperator(IPAddress address)
    {
        foreach (var network in allowedNetworks)
        {
            if (network.Contains(address))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsPublic(IPAddress address) => address.AddressFamily switch
    {
        AddressFamily.InterNetwork => !IsIn(_refusedIPv4, address),
        AddressFamily.InterNetworkV6 => _globalIPv6.Contains(address) && !IsIn(_refusedGlobalIPv6, address) && !IsIsatap(address),
        _ => false,
    };

    private bool IsNamed(IPAddress address)
    {
        foreach (var network in allowedNetworks)
        {
            if (IsSingle(network) && network.Contains(address))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsSingle(IPNetwork network) =>
        network.PrefixLength == (network.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);

    private static bool Overlap(IPNetwork one, IPNetwork other) => one.Contains(other.BaseAddress) || other.Contains(one.BaseAddress);

    private bool ReachesInstanceService(IPAddress address) =>
        IsIn(_instanceServices, address)
        || (address.AddressFamily == AddressFamily.InterNetworkV6
            && PossiblyCarriedIPv4(address).Any(carried => IsIn(_instanceServices, carried) && !IsNamed(carried)));

    private static bool IsIn(IPNetwork[] networks, IPAddress address) => Array.Exists(networks, network => network.Contains(address));

    /// <summary>The IPv4 address that the host itself (mapped) or a NAT64 gateway turns this IPv6 address into.</summary>
    private static IPAddress? CarriedIPv4(IPAddress address) =>
        address.IsIPv4MappedToIPv6 || _nat64.Contains(address) ? new IPAddress(address.GetAddressBytes().AsSpan(12)) : null;

    /// <summary>
    /// Every IPv4 address that this IPv6 address may stand for, wherever a gateway or tunnel of any kind looks for it. A gateway of a
    /// network's own may use any prefix (RFC 6052), so the last four bytes count but in the addresses of public hosts.
    /// </summary>
    private static List<IPAddress> PossiblyCarriedIPv4(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        List<IPAddress> carried = [];
        if (!_globalIPv6.Contains(address) || IsIsatap(address))
        {
            carried.Add(new(bytes.AsSpan(12)));
        }

        if (_6to4.Contains(address))
        {
            carried.Add(new(bytes.AsSpan(2, 4)));
        }
        else if (_teredo.Contains(address))
        {
            carried.Add(new(bytes.AsSpan(4, 4)));
            carried.Add(new([(byte)~bytes[12], (byte)~bytes[13], (byte)~bytes[14], (byte)~bytes[15]]));
        }
        else if (_localNat64.Contains(address))
        {
            // Prefixes of 48, 56 and 64 bits: the address goes around the ninth byte.
            carried.Add(new([bytes[6], bytes[7], bytes[9], bytes[10]]));
            carried.Add(new([bytes[7], bytes[9], bytes[10], bytes[11]]));
            carried.Add(new(bytes.AsSpan(9, 4)));
        }

        return carried;
    }

    /// <summary>A tunnel to an IPv4 address, under any prefix: interface identifier <c>0:5efe</c> or <c>200:5efe</c>, RFC 5214.</summary>
    private static bool IsIsatap(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        return address.TryWriteBytes(bytes, out _) && (bytes[8] & 0xFD) == 0 && bytes[9..12].SequenceEqual<byte>([0x00, 0x5E, 0xFE]);
    }
}
