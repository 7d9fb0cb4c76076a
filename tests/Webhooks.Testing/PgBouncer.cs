using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Webhooks.Testing;

/// <summary>A PgBouncer of a test's own, in front of a PostgreSQL server.</summary>
public sealed class PgBouncer : IAsyncDisposable
{
    /// <summary>Why a test that needs it cannot run.</summary>
    public const string Missing = "PgBouncer is not installed (Debian: apt-get install pgbouncer).";

    private const string Nobody = "65534";

    private readonly TemporaryDirectory _directory;
    private readonly Process _process;

    private PgBouncer(TemporaryDirectory directory, Process process, string connectionString)
    {
        _directory = directory;
        _process = process;
        ConnectionString = connectionString;
    }

    /// <summary>Whether it is installed.</summary>
    public static bool IsInstalled => Program is not null;

    /// <summary>The connection to the server's database through it.</summary>
    public string ConnectionString { get; }

    private static string? Program =>
        $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin".Split(':')
            .Select(folder => Path.Combine(folder, "pgbouncer"))
            .FirstOrDefault(File.Exists);

    /// <summary>Starts it, with whatever port is free, and waits until it answers.</summary>
    /// <param name="server">The connection to the server.</param>
    /// <param name="mode"><c>session</c> or <c>transaction</c>.</param>
    /// <param name="sessions">The most sessions that it has open at the server.</param>
    public static async Task<PgBouncer> StartAsync(string server, string mode, int sessions)
    {
        var target = new NpgsqlConnectionStringBuilder(server);
        var port = FreePort();
        var directory = new TemporaryDirectory();
        var settings = Path.Combine(directory.Path, "pgbouncer.ini");
        await File.WriteAllTextAsync(settings, $"""
            [databases]
            * = host={target.Host} port={target.Port} user={target.Username} password={target.Password}
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {port}
            unix_socket_dir =
            auth_type = any
            pool_mode = {mode}
            default_pool_size = {sessions}
            max_client_conn = 500
            """);

        // It refuses to run as root, and must be able to read its settings as somebody else.
        if (!OperatingSystem.IsWindows())
        {
            const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            File.SetUnixFileMode(directory.Path, Own | UnixFileMode.UserExecute | UnixFileMode.OtherExecute);
            File.SetUnixFileMode(settings, Own | UnixFileMode.OtherRead);
        }

        var process = Environment.IsPrivilegedProcess
            ? Process.Start("setpriv", [$"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups", Program!, "-q", settings])
            : Process.Start(Program!, ["-q", settings]);
        target.Host = "127.0.0.1";
        target.Port = port;
        target.MaxPoolSize = 40;
        var bouncer = new PgBouncer(directory, process, target.ConnectionString);
        await Eventually.HoldsAsync(bouncer.AnswersAsync, () => "PgBouncer does not answer", CancellationToken.None);
        return bouncer;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        _directory.Dispose();
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            var own = new NpgsqlConnectionStringBuilder(ConnectionString) { Pooling = false };
            await using var connection = new NpgsqlConnection(own.ConnectionString);
            await connection.OpenAsync();
            return true;
        }
        catch (NpgsqlException) when (!_process.HasExited)
        {
            return false;
        }
    }
}
