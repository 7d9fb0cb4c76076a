using System.Net;
using System.Net.Sockets;
using Webhooks.Core;

namespace Webhooks.Server.Commands;

/// <summary>Where the server listens.</summary>
internal static class ListenUrls
{
    /// <summary>The server's port where nobody has set <c>PORT</c>.</summary>
    public const int DefaultPort = 8084;

    private const string Setting = "urls";

    /// <summary>
    /// The URLs separated by semicolons: what the command line says, else ASP.NET Core's setting, else localhost and <c>PORT</c>.
    /// </summary>
    /// <exception cref="InvalidSettingException">PORT is not a port.</exception>
    public static string Choose(string? option, IConfiguration configuration)
    {
        var port = Port.Read(configuration, "PORT", DefaultPort);
        // Kestrel cannot choose a free port for two addresses, which localhost is.
        return option ?? configuration[$"ASPNETCORE_{Setting}"] ?? $"http://{(port == 0 ? IPAddress.Loopback : "localhost")}:{port}";
    }

    /// <summary>Finds out whether the server will be able to listen, before anything else is started.</summary>
    /// <exception cref="InvalidSettingException">One is not a URL.</exception>
    /// <exception cref="CannotListenException">A port cannot be used.</exception>
    public static void RequireFree(string urls)
    {
        foreach (var address in urls.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(Parse).Where(address => !address.IsUnixPipe))
        {
            RequireFree(address);
        }
    }

    /// <summary>The ports of URLs.</summary>
    /// <exception cref="InvalidSettingException">One is not a URL.</exception>
    public static IEnumerable<int> PortsOf(string urls) =>
        urls.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(url => Parse(url).Port);

    private static BindingAddress Parse(string url)
    {
        try
        {
            return BindingAddress.Parse(url.Trim());
        }
        catch (FormatException)
        {
            throw new InvalidSettingException(Setting, url, "Write where to listen as a URL, for example http://0.0.0.0:8084.");
        }
    }

    private static void RequireFree(BindingAddress address)
    {
        try
        {
            using var probe = new TcpListener(FindIp(address.Host), address.Port);
            probe.Start();
        }
        catch (SocketException failure) when (failure.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new CannotListenException(
                $"Port {address.Port} is taken. Stop the program that uses it, "
                + $"or choose another port, for example PORT={address.Port + 1} ./run.");
        }
        catch (SocketException failure)
        {
            throw new CannotListenException($"{address} cannot be used to listen: {failure.Message}. Choose another address or port.");
        }
    }

    private static bool IsLocalhost(string host) => string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase);

    private static IPAddress FindIp(string host)
    {
        if (IsLocalhost(host))
        {
            return IPAddress.Loopback;
        }

        // As Kestrel does: any other name means every address of this machine.
        return IPAddress.TryParse(host, out var ip) ? ip : IPAddress.Any;
    }
}
