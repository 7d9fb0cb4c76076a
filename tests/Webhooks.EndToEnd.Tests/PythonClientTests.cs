using System.Runtime.CompilerServices;
using Npgsql;
using Webhooks.Testing;

namespace Webhooks.EndToEnd.Tests;

/// <summary>The client in Python, run by Python with the pools of Debian's drivers, from a publishing to the receiver.</summary>
public sealed class PythonClientTests : IAsyncLifetime
{
    private const string Python = "/usr/bin/python3";

    private const string OpenAsyncpg = """
        import asyncpg
        db_pool = await asyncpg.create_pool(os.environ["DATABASE"])
        """;

    private const string OpenPsycopg = """
        import psycopg_pool
        db_pool = psycopg_pool.AsyncConnectionPool(os.environ["DATABASE"], open=False)
        await db_pool.open()
        """;

    private Receiver _receiver = null!;
    private Installation _installation = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _receiver = await Receiver.StartAsync();
        _installation = await Installation.CreateAsync(new Dictionary<string, string>());
        using var api = _installation.Api(await _installation.StartServerAsync());
        await api.RegisterAsync($"{_receiver.Url}/hook", "*");
    }

    public async ValueTask DisposeAsync()
    {
        await _installation.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Theory]
    [InlineData("asyncpg", OpenAsyncpg)]
    [InlineData("psycopg_pool", OpenPsycopg)]
    public async Task The_platforms_own_call_publishes_an_event(string driver, string open)
    {
        var document = await File.ReadAllTextAsync(Path.Combine(Repository(), "docs", "publishing.md"), Cancel);
        var example = document.Split("```python\n")[1].Split("```")[0];

        await RunAsync(driver, open, $"user_id = uuid.UUID(int=7)\n{example}");

        var request = Assert.Single(await _receiver.WaitForAsync(1));
        Assert.Contains("""{"user_id": "00000000-0000-0000-0000-000000000007"}""", request.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("asyncpg", OpenAsyncpg, "db_pool.acquire()")]
    [InlineData("psycopg_pool", OpenPsycopg, "db_pool.connection()")]
    public async Task An_event_of_a_connection_belongs_to_its_transaction(string driver, string open, string take)
    {
        var id = await RunAsync(driver, open, $$"""
            webhook_manager = WebhookManager(db_pool)
            async with {{take}} as connection:
                try:
                    async with connection.transaction():
                        await webhook_manager.trigger_event(org_id=org_id, event="user.deleted", data={}, connection=connection)
                        raise KeyError
                except KeyError:
                    pass
                async with connection.transaction():
                    now = datetime.datetime.now(datetime.timezone.utc)
                    event = dict(org_id=org_id, event="user.created", data={"at": now, "name": "Ada é"}, id="order 7", timestamp=now,
                                 deliver_at=now, ordering_key="7",
                                 traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
                    first = await webhook_manager.trigger_event(**event, connection=connection)
                    assert first == await webhook_manager.trigger_event(**event, connection=connection)
            print(first)
            """);

        var request = Assert.Single(await _receiver.WaitForAsync(1));
        Assert.Equal(id, request.Header("webhook-id"));
        Assert.Contains("\"name\": \"Ada é\"", request.Text, StringComparison.Ordinal);
        Assert.Equal(1, await CountAsync("webhook_deliveries"));
    }

    [Theory]
    [InlineData("asyncpg", OpenAsyncpg, "asyncpg.PostgresError")]
    [InlineData("psycopg_pool", OpenPsycopg, "__import__('psycopg').Error")]
    public async Task A_refusal_is_the_drivers_error_with_the_words_of_the_API(string driver, string open, string error)
    {
        var said = await RunAsync(driver, open, $$$"""
            webhook_manager = WebhookManager(db_pool)
            try:
                await webhook_manager.trigger_event(org_id=org_id, event="user.craeted", data={})
            except {{{error}}} as refused:
                print(refused.sqlstate, str(refused).splitlines()[0])
            for wrong in ({"data": {"a": float("nan")}}, {"data": {}, "timestamp": datetime.datetime.now()}):
                try:
                    await webhook_manager.trigger_event(org_id=org_id, event="user.created", **wrong)
                except ValueError as refused:
                    print(type(refused).__name__)
            """);

        Assert.StartsWith("WH004 event: 'user.craeted' is not an event type. Did you mean user.created", said, StringComparison.Ordinal);
        Assert.EndsWith("\nValueError\nValueError", said, StringComparison.Ordinal);
        Assert.Equal(0, await CountAsync("event_keys"));
    }

    /// <summary>Runs code with the pool <c>db_pool</c> and the client.</summary>
    /// <returns>What it printed.</returns>
    private async Task<string> RunAsync(string driver, string open, string code)
    {
        Assert.SkipUnless(
            File.Exists(Python) && await Shell.RunAsync($"{Python} -c 'import {driver}' 2>/dev/null && echo there || true", Cancel) != "",
            $"{driver} of Python is not installed (Debian: apt-get install python3-asyncpg python3-psycopg python3-psycopg-pool).");
        using var directory = new TemporaryDirectory();
        var script = Path.Combine(directory.Path, "script.py");
        var clients = Path.Combine(Repository(), "clients", "python");
        var body = string.Join('\n', $"{open}\n{code}\nawait db_pool.close()".Split('\n').Select(line => $"    {line}"));
        await File.WriteAllTextAsync(
            script,
            $"import asyncio, datetime, os, uuid\nfrom webhook_manager import WebhookManager\n\n"
            + $"async def main(org_id):\n{body}\n\nasyncio.run(main(os.environ['ORGANIZATION']))\n",
            Cancel);
        var database = new NpgsqlConnectionStringBuilder(_installation.ConnectionString);
        var user = $"{database.Username}:{Uri.EscapeDataString(database.Password ?? "")}";
        var url = $"postgresql://{user}@{database.Host}:{database.Port}/{database.Database}";
        return (await Shell.RunAsync(
            $"PYTHONDONTWRITEBYTECODE=1 PYTHONPATH='{clients}' DATABASE='{url}' ORGANIZATION={_installation.Organization} "
            + $"{Python} '{script}'",
            Cancel)).Trim();
    }

    private static string Repository([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));

    private async Task<long> CountAsync(string table)
    {
        await using var connection = new NpgsqlConnection(_installation.ConnectionString);
        await connection.OpenAsync(Cancel);
        await using var command = new NpgsqlCommand($"SELECT count(*) FROM {table}", connection);
        return (long)(await command.ExecuteScalarAsync(Cancel))!;
    }
}
