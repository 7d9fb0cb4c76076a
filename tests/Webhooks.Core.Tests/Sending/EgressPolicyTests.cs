using System.Net;
using CsCheck;
using Microsoft.Extensions.Logging;
using Microsoft.Security.AntiSSRF;
using Webhooks.Core.Sending;
using Webhooks.Testing;

namespace Webhooks.Core.Tests.Sending;

public sealed class EgressPolicyTests
{
    private static readonly IPNetwork _nat64 = IPNetwork.Parse("64:ff9b::/96");

    private readonly EgressPolicy _policy = new([]);

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("8.8.8.8")]
    [InlineData("9.255.255.255")]
    [InlineData("11.0.0.0")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.0")]
    [InlineData("168.63.129.15")]
    [InlineData("168.63.129.17")]
    [InlineData("169.253.255.255")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("192.167.255.255")]
    [InlineData("198.17.255.255")]
    [InlineData("198.20.0.0")]
    [InlineData("223.255.255.255")]
    [InlineData("2606:4700::1111")]
    [InlineData("2001:4860:4860::8888")]
    [InlineData("2a00:1450:4001::1")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("64:ff9b::8.8.8.8")]
    public void A_public_address_is_allowed(string address) => Assert.True(_policy.Allows(IPAddress.Parse(address)));

    [Theory]
    [InlineData("0.0.0.0", "unspecified")]
    [InlineData("0.1.2.3", "this network")]
    [InlineData("10.0.0.1", "private")]
    [InlineData("100.64.0.1", "shared by carriers")]
    [InlineData("100.100.100.200", "Alibaba metadata")]
    [InlineData("127.0.0.1", "loopback")]
    [InlineData("127.255.255.254", "loopback")]
    [InlineData("168.63.129.16", "Azure WireServer")]
    [InlineData("169.254.169.254", "metadata")]
    [InlineData("169.254.170.2", "container metadata")]
    [InlineData("172.16.0.1", "private")]
    [InlineData("172.31.255.255", "private")]
    [InlineData("192.0.0.192", "Oracle metadata")]
    [InlineData("192.0.2.1", "documentation")]
    [InlineData("192.88.99.1", "6to4 relay")]
    [InlineData("192.168.1.1", "private")]
    [InlineData("198.18.0.1", "benchmarks")]
    [InlineData("198.19.255.255", "benchmarks")]
    [InlineData("198.51.100.1", "documentation")]
    [InlineData("203.0.113.1", "documentation")]
    [InlineData("224.0.0.1", "multicast")]
    [InlineData("239.255.255.255", "multicast")]
    [InlineData("240.0.0.1", "reserved")]
    [InlineData("255.255.255.255", "broadcast")]
    [InlineData("::", "unspecified")]
    [InlineData("::1", "loopback")]
    [InlineData("::7f00:1", "IPv4-compatible loopback")]
    [InlineData("::808:808", "IPv4-compatible, deprecated even when public")]
    [InlineData("::ffff:127.0.0.1", "mapped loopback")]
    [InlineData("::ffff:169.254.169.254", "mapped metadata")]
    [InlineData("::ffff:0:7f00:1", "IPv4-translated (SIIT) loopback")]
    [InlineData("64:ff9b::127.0.0.1", "NAT64 loopback")]
    [InlineData("64:ff9b::169.254.169.254", "NAT64 metadata")]
    [InlineData("64:ff9b:1::8.8.8.8", "local NAT64, whose embedding is not known")]
    [InlineData("100::1", "discard")]
    [InlineData("2001::1", "Teredo")]
    [InlineData("2001:0:5ef5:79fb:0:59d:f5ff:fffe", "Teredo")]
    [InlineData("2001:2::1", "benchmarks")]
    [InlineData("2001:10::1", "ORCHID")]
    [InlineData("2001:db8::1", "documentation")]
    [InlineData("2002:7f00:1::", "6to4 loopback")]
    [InlineData("2002:808:808::1", "6to4")]
    [InlineData("2606:4700::5efe:10.0.0.1", "ISATAP private")]
    [InlineData("2606:4700::200:5efe:127.0.0.1", "ISATAP loopback")]
    [InlineData("2606:4700::5efe:8.8.8.8", "ISATAP")]
    [InlineData("fe80::5efe:8.8.8.8", "ISATAP link-local")]
    [InlineData("3fff::1", "documentation")]
    [InlineData("4000::1", "unassigned")]
    [InlineData("5f00::1", "SRv6")]
    [InlineData("fc00::1", "unique local")]
    [InlineData("fd00:ec2::254", "AWS metadata")]
    [InlineData("fe80::1", "link-local")]
    [InlineData("fe80::1%1", "link-local with zone")]
    [InlineData("febf::1", "link-local")]
    [InlineData("fec0::1", "site-local")]
    [InlineData("ff02::1", "multicast")]
    public void A_special_address_is_refused(string address, string kind) =>
        Assert.False(_policy.Allows(IPAddress.Parse(address)), kind);

    [Theory]
    [InlineData("10.0.0.0/8", "10.1.2.3")]
    [InlineData("10.0.0.0/8", "::ffff:10.1.2.3")]
    [InlineData("10.0.0.0/8", "64:ff9b::10.1.2.3")]
    [InlineData("::1/128", "::1")]
    [InlineData("fd00::/8", "fd12::1")]
    [InlineData("fd00::/8", "fd12::a00:1")]
    [InlineData("0.0.0.0/0", "100.100.100.201")]
    [InlineData("64:ff9b:1::/48", "64:ff9b:1::8.8.8.8")]
    [InlineData("169.254.169.254/32", "169.254.169.254")]
    [InlineData("169.254.169.254/32", "::ffff:169.254.169.254")]
    [InlineData("169.254.169.254/32", "64:ff9b::169.254.169.254")]
    [InlineData("fd00:ec2::254/128", "fd00:ec2::254")]
    [InlineData("168.63.129.16/32", "168.63.129.16")]
    public void An_allowed_network_covers_its_addresses_and_those_that_carry_them(string network, string address)
    {
        var policy = new EgressPolicy([IPNetwork.Parse("192.168.77.0/24"), IPNetwork.Parse(network)]);

        Assert.False(_policy.Allows(IPAddress.Parse(address)));
        Assert.True(policy.Allows(IPAddress.Parse(address)));
    }

    [Theory]
    [InlineData("0.0.0.0/0", "169.254.169.254", "most clouds")]
    [InlineData("0.0.0.0/0", "169.254.170.2", "containers of AWS")]
    [InlineData("0.0.0.0/0", "169.254.170.23", "pods of AWS")]
    [InlineData("169.254.0.0/16", "169.254.169.254", "most clouds")]
    [InlineData("169.254.169.254/31", "169.254.169.254", "most clouds")]
    [InlineData("169.254.0.0/16", "169.254.42.42", "Scaleway")]
    [InlineData("169.254.0.0/16", "169.254.0.23", "Tencent Cloud")]
    [InlineData("0.0.0.0/0", "168.63.129.16", "Azure's WireServer")]
    [InlineData("168.0.0.0/8", "168.63.129.16", "Azure's WireServer")]
    [InlineData("100.64.0.0/10", "100.100.100.200", "Alibaba Cloud")]
    [InlineData("192.0.0.0/24", "192.0.0.192", "Oracle Cloud")]
    [InlineData("fd00::/8", "fd00:ec2::254", "AWS")]
    [InlineData("fd00::/8", "fd00:ec2::23", "pods of AWS")]
    [InlineData("fd00::/8", "fd20:ce::254", "Google Cloud")]
    [InlineData("fd00::/8", "fd00:42::42", "Scaleway")]
    [InlineData("fe80::/10", "fe80::a9fe:a9fe", "OpenStack")]
    [InlineData("fe80::/10", "fe80::a9fe:a9fe%1", "OpenStack with zone")]
    [InlineData("::/0", "fd00:ec2::254", "AWS")]
    [InlineData("::/0", "::ffff:169.254.169.254", "mapped")]
    [InlineData("::ffff:0:0/96", "::ffff:100.100.100.200", "mapped")]
    [InlineData("::/0", "::169.254.169.254", "compatible")]
    [InlineData("::/0", "::ffff:0:169.254.169.254", "translated (SIIT)")]
    [InlineData("64:ff9b::/96", "64:ff9b::169.254.169.254", "NAT64")]
    [InlineData("64:ff9b:1::/48", "64:ff9b:1::169.254.169.254", "local NAT64, 96 bits")]
    [InlineData("64:ff9b:1::/48", "64:ff9b:1:a9fe:a9:fe00::", "local NAT64, 48 bits")]
    [InlineData("64:ff9b:1::/48", "64:ff9b:1:a9:fe:a9fe::", "local NAT64, 56 bits")]
    [InlineData("64:ff9b:1::/48", "64:ff9b:1:0:a9:fea9:fe00::", "local NAT64, 64 bits")]
    [InlineData("2002::/16", "2002:a9fe:a9fe::1", "6to4")]
    [InlineData("2001::/32", "2001:0:a9fe:a9fe::1", "Teredo's server")]
    [InlineData("2001::/32", "2001::5601:5601", "Teredo's client")]
    [InlineData("2000::/3", "2606:4700::5efe:169.254.169.254", "ISATAP")]
    [InlineData("fd00::/8", "fd12:3456::a9fe:a9fe", "NAT64 of a network's own prefix")]
    public void An_allowed_network_does_not_open_a_clouds_instance_services(string network, string address, string service) =>
        Assert.False(new EgressPolicy([IPNetwork.Parse(network)]).Allows(IPAddress.Parse(address)), service);

    [Fact]
    public void A_public_address_that_looks_like_metadata_at_its_end_is_allowed() =>
        Assert.True(_policy.Allows(IPAddress.Parse("2606:4700::a9fe:a9fe")));

    [Fact]
    public void An_operator_is_warned_of_each_network_that_holds_instance_services_and_of_no_other()
    {
        string[] wide = ["0.0.0.0/0", "169.254.1.0/24", "100.64.0.0/10", "::/0", "fd00::/8", "fe80::/10"];
        string[] narrow = ["10.0.0.0/8", "127.0.0.0/8", "::1/128", "fd12:3456:789a::/48", "169.254.169.254/32", "fd00:ec2::254/128"];
        var log = new LogRecorder();

        AllowedNetworks.WarnOfInstanceServices(
            new WebhooksOptions { AllowedNetworks = [.. wide.Concat(narrow).Select(IPNetwork.Parse)] }, log.CreateLogger("start"));

        Assert.Equal(wide, log.Lines.Select(line => line.Text.Split(' ')[2].TrimEnd(',')));
        Assert.All(log.Lines, line => Assert.Equal(LogLevel.Warning, line.Level));
    }

    [Fact]
    public void An_allowed_network_covers_nothing_else()
    {
        var policy = new EgressPolicy([IPNetwork.Parse("10.1.0.0/16")]);

        Assert.False(policy.Allows(IPAddress.Parse("10.2.0.0")));
        Assert.False(policy.Allows(IPAddress.Parse("127.0.0.1")));
        Assert.False(policy.Allows(IPAddress.Parse("::1")));
    }

    [Fact]
    public void Whatever_the_AntiSSRF_list_refuses_is_refused_but_for_public_hosts_behind_NAT64()
    {
        var networks = IPAddressRanges.recommendedLatest.Select(IPNetwork.Parse).Where(network => network != _nat64).ToArray();

        Gen.Select(Gen.Int[0, networks.Length - 1], Gen.Byte.Array[16]).Sample((index, random) =>
            Assert.False(_policy.Allows(AddressIn(networks[index], random)), networks[index].ToString()));
    }

    [Fact]
    public void A_public_address_by_the_AntiSSRF_list_is_allowed_unless_it_is_unassigned_or_carries_another()
    {
        var networks = IPAddressRanges.recommendedLatest.Select(IPNetwork.Parse).ToArray();

        Gen.Byte.Array[4].Select(bytes => new IPAddress(bytes)).Sample(address =>
            Assert.Equal(!networks.Any(network => network.Contains(address)), _policy.Allows(address)));
    }

    [Fact]
    public void An_address_carried_in_NAT64_or_mapped_is_judged_as_itself() =>
        Gen.Byte.Array[4].Sample(bytes =>
        {
            var address = new IPAddress(bytes);
            Assert.Equal(_policy.Allows(address), _policy.Allows(address.MapToIPv6()));
            Assert.Equal(_policy.Allows(address), _policy.Allows(IPAddress.Parse($"64:ff9b::{address}")));
        });

    [Theory]
    [InlineData(80, true)]
    [InlineData(443, true)]
    [InlineData(1024, true)]
    [InlineData(8080, true)]
    [InlineData(8443, true)]
    [InlineData(65535, true)]
    [InlineData(-1, false)]
    [InlineData(0, false)]
    [InlineData(21, false)]
    [InlineData(22, false)]
    [InlineData(23, false)]
    [InlineData(25, false)]
    [InlineData(53, false)]
    [InlineData(110, false)]
    [InlineData(143, false)]
    [InlineData(445, false)]
    [InlineData(587, false)]
    [InlineData(2375, false)]
    [InlineData(3306, false)]
    [InlineData(5432, false)]
    [InlineData(6379, false)]
    [InlineData(10250, false)]
    [InlineData(11211, false)]
    [InlineData(27017, false)]
    public void Ports_of_the_web_are_allowed_and_those_of_other_services_are_not(int port, bool allowed) =>
        Assert.Equal(allowed, EgressPolicy.AllowsPort(port));

    private static IPAddress AddressIn(IPNetwork network, byte[] random)
    {
        var bytes = network.BaseAddress.GetAddressBytes();
        for (var bit = network.PrefixLength; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] |= (byte)(random[bit / 8] & (0x80 >> (bit % 8)));
        }

        return new IPAddress(bytes);
    }
}
