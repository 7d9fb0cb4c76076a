using Webhooks.Testing;

namespace Webhooks.Endurance.Tests.Chaos;

/// <summary>Two servers on one database and one queue, either of which may be away.</summary>
internal sealed class Cluster : IDisposable
{
    /// <summary>The number of servers.</summary>
    public const int Size = 2;

    private readonly Installation _installation;
    private readonly IReadOnlyList<Guid> _organizations;
    private readonly ServerProcess[] _servers = new ServerProcess[Size];
    private volatile Dictionary<(int Server, Guid Organization), WebhooksApi> _apis = [];

    private Cluster(Installation installation, IReadOnlyList<Guid> organizations)
    {
        _installation = installation;
        _organizations = organizations;
    }

    /// <summary>Starts both.</summary>
    /// <param name="organizations">Those that use the API.</param>
    /// <param name="build">The directory of another build of the server; null for what is tested.</param>
    public static async Task<Cluster> StartAsync(Installation installation, IReadOnlyList<Guid> organizations, string? build = null)
    {
        var cluster = new Cluster(installation, organizations);
        for (var server = 0; server < Size; server++)
        {
            await cluster.StartAsync(server, build);
        }

        return cluster;
    }

    /// <summary>A server's API for an organization; while the server is away, calls fail.</summary>
    public WebhooksApi Api(int server, Guid organization) => _apis[(server, organization)];

    /// <summary>A client of a server that is there, for who operates it.</summary>
    public HttpClient CreateOperatorClient(int server) => _servers[server].CreateOperatorClient();

    /// <summary>Starts a server that was killed or stopped.</summary>
    /// <param name="build">The directory of another build of the server; null for what is tested.</param>
    public async Task StartAsync(int server, string? build = null)
    {
        _servers[server] = await _installation.StartServerAsync(build);
        var apis = new Dictionary<(int, Guid), WebhooksApi>(_apis);
        foreach (var organization in _organizations)
        {
            apis[(server, organization)] = new WebhooksApi(_servers[server].CreateClient(organization));
        }

        _apis = apis;
    }

    /// <summary>Waits until both can do their work, after the database was away.</summary>
    public Task WaitUntilReadyAsync() => Task.WhenAll(_servers.Select(server => server.WaitUntilReadyAsync()));

    /// <summary>Kills a server: SIGKILL.</summary>
    public Task KillAsync(int server) => _servers[server].KillAsync();

    /// <summary>Asks a server to end, and waits until it has finished what it had begun.</summary>
    /// <returns>Its exit code.</returns>
    public Task<int> StopAsync(int server) => _servers[server].StopAsync();

    /// <summary>What a server has written since it was started.</summary>
    public string Log(int server) => _servers[server].Log;

    public void Dispose()
    {
        foreach (var api in _apis.Values)
        {
            api.Dispose();
        }
    }
}
