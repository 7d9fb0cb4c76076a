using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Webhooks.Api.Requests;
using Webhooks.Core;

namespace Webhooks.Api.Tests.Requests;

public sealed class ClientAddressTests
{
    [Theory]
    [InlineData("203.0.113.9", null, "203.0.113.9")]
    [InlineData("203.0.113.9", "198.51.100.7", "203.0.113.9")]
    [InlineData("::ffff:203.0.113.9", null, "203.0.113.9")]
    public void The_connections_address_counts_when_it_is_no_trusted_proxys(string connection, string? header, string expected) =>
        Assert.Equal(expected, AddressOf(connection, header));

    [Theory]
    [InlineData("198.51.100.7", "198.51.100.7")]
    [InlineData("198.51.100.7:49152", "198.51.100.7")]
    [InlineData(" 198.51.100.7 ", "198.51.100.7")]
    [InlineData("2001:db8::7", "2001:db8::7")]
    [InlineData("[2001:db8::7]", "2001:db8::7")]
    [InlineData("[2001:db8::7]:49152", "2001:db8::7")]
    [InlineData("::ffff:198.51.100.7", "198.51.100.7")]
    public void A_trusted_proxy_says_who_called_it(string header, string expected) =>
        Assert.Equal(expected, AddressOf("10.0.0.1", header));

    [Theory]
    [InlineData("1.1.1.1, 198.51.100.7")]
    [InlineData("10.0.0.9, 198.51.100.7")]
    [InlineData("garbage, 198.51.100.7")]
    [InlineData("1.1.1.1,198.51.100.7, 10.0.0.2:8080, [fd12::2]:443")]
    public void What_stands_left_of_the_last_stranger_is_not_believed(string header) =>
        Assert.Equal("198.51.100.7", AddressOf("10.0.0.1", header));

    [Fact]
    public void A_header_that_is_given_several_times_is_read_as_one() =>
        Assert.Equal("198.51.100.7", AddressOf("10.0.0.1", "1.1.1.1", "198.51.100.7", "10.0.0.2"));

    [Theory]
    [InlineData("unknown", "10.0.0.1")]
    [InlineData("_hidden, 10.0.0.2", "10.0.0.2")]
    [InlineData("198.51.100.7, , 10.0.0.2", "10.0.0.2")]
    [InlineData("198.51.100.7:99999999, 10.0.0.2", "10.0.0.2")]
    [InlineData("", "10.0.0.1")]
    public void An_entry_that_is_no_address_ends_the_way_at_who_wrote_it(string header, string expected) =>
        Assert.Equal(expected, AddressOf("10.0.0.1", header));

    [Fact]
    public void When_only_trusted_proxies_are_named_the_first_of_them_is_the_caller() =>
        Assert.Equal("10.0.0.3", AddressOf("10.0.0.1", "10.0.0.3, 10.0.0.2"));

    [Fact]
    public void A_connection_without_an_address_has_none() =>
        Assert.Null(new ClientAddress([]).Of(new DefaultHttpContext()));

    [Fact]
    public void Without_the_setting_no_proxy_is_trusted()
    {
        var address = ClientAddress.From(new ConfigurationBuilder().Build());

        Assert.Equal("127.0.0.1", address.Of(Request("127.0.0.1", "198.51.100.7"))?.ToString());
    }

    [Fact]
    public void A_setting_that_names_no_networks_is_refused_by_its_name()
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["Webhooks:TrustedProxies"] = "10.0.0.0/8,everybody" })
            .Build();

        var refused = Assert.Throws<InvalidSettingException>(() => ClientAddress.From(configuration));

        Assert.Contains("Webhooks__TrustedProxies", refused.Message, StringComparison.Ordinal);
        Assert.Contains("everybody", refused.Message, StringComparison.Ordinal);
    }

    private static string? AddressOf(string connection, params string?[] header)
    {
        var address = ClientAddress.From(new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["Webhooks:TrustedProxies"] = "10.0.0.0/8, fd00::/8" })
            .Build());
        return address.Of(Request(connection, header))?.ToString();
    }

    private static DefaultHttpContext Request(string connection, params string?[] header)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(connection);
        if (header is not [null])
        {
            context.Request.Headers["X-Forwarded-For"] = header;
        }

        return context;
    }
}
