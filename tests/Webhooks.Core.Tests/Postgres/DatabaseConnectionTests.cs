using Microsoft.Extensions.Configuration;
using Npgsql;
using Webhooks.Core.Postgres;
using Webhooks.Core.Tests.Secrets;
using Webhooks.Testing;

namespace Webhooks.Core.Tests.Postgres;

public sealed class DatabaseConnectionTests
{
    [Fact]
    public async Task With_entra_the_password_is_a_token_for_postgresql_of_this_processs_identity()
    {
        await using var database = await TestDatabase.CreateAsync();
        var server = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        // The server checks passwords, so only who sends the token gets in.
        var credential = new FakeCredential(token: server.Password!);
        server.Password = null;

        await using var source = DatabaseConnection.Configure(Settings(server.ConnectionString, "entra"), () => credential);
        await using (await source.OpenConnectionAsync(TestContext.Current.CancellationToken))
        {
        }

        Assert.All(credential.Asked, asked => Assert.Equal(["https://ossrdbms-aad.database.windows.net/.default"], asked.Scopes));
        Assert.NotEmpty(credential.Asked);
    }

    [Fact]
    public async Task By_default_the_connection_string_says_it_all_and_no_identity_is_asked_for()
    {
        await using var database = await TestDatabase.CreateAsync();

        await using var source = DatabaseConnection.Configure(
            Settings(database.ConnectionString, null), () => throw new InvalidOperationException("Nobody asks."));
        await using var connection = await source.OpenConnectionAsync(TestContext.Current.CancellationToken);

        Assert.Equal(System.Data.ConnectionState.Open, connection.State);
    }

    [Theory]
    [InlineData(null, "off", "on")]
    [InlineData("-c enable_seqscan=off", "off", "off")]
    [InlineData("-c jit=on", "on", "on")]
    public async Task Statements_are_not_compiled_unless_the_connection_string_says_so(string? options, string jit, string seqScan)
    {
        await using var database = await TestDatabase.CreateAsync();
        var server = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Options = options };

        await using var source = DatabaseConnection.Configure(Settings(server.ConnectionString, null), () => new FakeCredential());
        await using var command = source.CreateCommand("SELECT current_setting('jit') || ' ' || current_setting('enable_seqscan')");

        Assert.Equal($"{jit} {seqScan}", await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Of_several_hosts_the_one_that_can_be_written_to_is_used()
    {
        await using var database = await TestDatabase.CreateAsync();
        var server = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        server.Host = $"{server.Host}:1,{server.Host}:{server.Port}";

        await using var source = DatabaseConnection.Configure(Settings(server.ConnectionString, null), () => new FakeCredential());
        await using var command = source.CreateCommand("SELECT current_setting('transaction_read_only')");

        Assert.Equal("off", await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
        Assert.Equal("read-write", new NpgsqlConnectionStringBuilder(source.ConnectionString).TargetSessionAttributes);
    }

    [Fact]
    public async Task Nothing_is_sent_only_because_a_connection_comes_out_of_the_pool_again()
    {
        await using var database = await TestDatabase.CreateAsync();
        var server = new NpgsqlConnectionStringBuilder(database.ConnectionString) { NoResetOnClose = false, MaxPoolSize = 1 };
        await using var source = DatabaseConnection.Configure(Settings(server.ConnectionString, null), () => new FakeCredential());
        await using (var setting = source.CreateCommand("SET application_name = 'left'"))
        {
            await setting.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        await using var command = source.CreateCommand("SELECT current_setting('application_name')");

        Assert.Equal("left", await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("ConnectionStrings__Webhooks", null, null)]
    [InlineData("ConnectionStrings__Webhooks", "Host=localhost;Hots=2", null)]
    [InlineData("ConnectionStrings__Webhooks", "Host=localhost;Password=secret-1", "entra")]
    [InlineData("Webhooks__Database__Authentication", "Host=localhost", "kerberos")]
    public void Settings_that_cannot_be_used_are_refused_by_name_and_without_the_password(
        string setting, string? connectionString, string? authentication)
    {
        var failure = Assert.Throws<InvalidSettingException>(
            () => DatabaseConnection.Configure(Settings(connectionString, authentication), () => new FakeCredential()));

        Assert.StartsWith($"Setting {setting}", failure.Message);
        Assert.DoesNotContain("secret-1", failure.Message);
    }

    private static IConfiguration Settings(string? connectionString, string? authentication) => new ConfigurationBuilder()
        .AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:Webhooks"] = connectionString,
            ["Webhooks:Database:Authentication"] = authentication,
        })
        .Build();
}
