using System.Diagnostics;
using Azure.Core;
using Azure.Identity;
using Microsoft.Extensions.Configuration;
using Npgsql;

namespace Webhooks.Core.Postgres;

/// <summary>
/// The database that <c>ConnectionStrings__Webhooks</c> names, and how this process proves who it is
/// (<c>Webhooks__Database__Authentication</c>).
/// </summary>
public static class DatabaseConnection
{
    /// <summary>The connection string's configuration path (environment: <c>ConnectionStrings__Webhooks</c>).</summary>
    public const string Setting = "ConnectionStrings:Webhooks";

    private const string Example = "Host=localhost;Port=5432;Username=webhooks;Password=…;Database=webhooks";

    /// <summary>
    /// What a new session begins with. For sets whose size the planner does not know, it expects so much work that it would compile a
    /// statement of milliseconds, for a second. Not among the connection's options, which PgBouncer refuses; a migration sets the same for
    /// the user, for sessions that a pooler opens by itself.
    /// </summary>
    private const string WithoutCompilation = "SET jit = off";

    /// <summary>The one scope of Azure Database for PostgreSQL, in every region.</summary>
    private const string EntraScope = "https://ossrdbms-aad.database.windows.net/.default";

    // Azure.Identity answers from its cache until a token has five minutes left, so asking is cheap, and a password is never expired.
    private static readonly TimeSpan _tokenRefresh = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan _tokenRetry = TimeSpan.FromSeconds(5);

    /// <summary>Prepares connections; none is opened yet.</summary>
    /// <exception cref="InvalidSettingException">A setting is missing, or has no usable value.</exception>
    public static NpgsqlDataSource Configure(IConfiguration configuration) =>
        Configure(configuration, static () => new DefaultAzureCredential());

    /// <param name="configuration">The settings.</param>
    /// <param name="entra">The identity of this process; asked for only with Entra authentication.</param>
    internal static NpgsqlDataSource Configure(IConfiguration configuration, Func<TokenCredential> entra)
    {
        var builder = ReadConnectionString(configuration);
        builder.ConnectionStringBuilder.ApplicationName ??= "webhooks";
        if (builder.ConnectionStringBuilder.Options?.Contains("jit", StringComparison.Ordinal) is not true)
        {
            builder.UsePhysicalConnectionInitializer(Begin, BeginAsync);
        }

        // Of several hosts, the one that can be written to: after a failover that is another one.
        if (builder.ConnectionStringBuilder.Host?.Contains(',', StringComparison.Ordinal) is true)
        {
            builder.ConnectionStringBuilder.TargetSessionAttributes ??= "read-write";
        }

        // Whoever changes a session puts it back; otherwise each return to the pool sends up to seven statements along.
        builder.ConnectionStringBuilder.NoResetOnClose = true;

        // A statement is traced as part of something. What runs again and again by itself, as claiming and recording do, would be a trace
        // of its own each time.
        builder.ConfigureTracing(tracing => tracing
            .ConfigureCommandFilter(_ => Activity.Current is not null)
            .ConfigureBatchFilter(_ => Activity.Current is not null)
            .EnablePhysicalOpenTracing(false));
        if (ReadAuthentication(configuration) == Authentication.Entra)
        {
            UseTokens(builder, entra());
        }

        return builder.Build();
    }

    private static void Begin(NpgsqlConnection connection)
    {
        using var command = new NpgsqlCommand(WithoutCompilation, connection);
        command.ExecuteNonQuery();
    }

    private static async Task BeginAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand(WithoutCompilation, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static NpgsqlDataSourceBuilder ReadConnectionString(IConfiguration configuration)
    {
        if (configuration[Setting] is not { Length: > 0 } connectionString)
        {
            throw new InvalidSettingException(
                Setting, $"Set it to a PostgreSQL database, for example {Example}. Or use ./run, which starts one.");
        }

        try
        {
            return new NpgsqlDataSourceBuilder(connectionString);
        }
        catch (Exception invalid) when (invalid is ArgumentException or FormatException)
        {
            // Without the value: it may hold a password.
            throw new InvalidSettingException(
                Setting, $"It is not a connection string for PostgreSQL ({invalid.Message.TrimEnd('.')}). Write it like {Example}.");
        }
    }

    private static Authentication ReadAuthentication(IConfiguration configuration) =>
        WebhooksOptions.Read(
            configuration.GetSection(WebhooksOptions.Section).GetSection("Database"),
            nameof(Authentication),
            Parse,
            Authentication.Password);

    private static Authentication Parse(string text) => text.ToUpperInvariant() switch
    {
        "PASSWORD" => Authentication.Password,
        "ENTRA" => Authentication.Entra,
        _ => throw new FormatException(
            "Write password (what the connection string says) or entra (tokens of this process's Azure identity)."),
    };

    private static void UseTokens(NpgsqlDataSourceBuilder builder, TokenCredential credential)
    {
        if (builder.ConnectionStringBuilder.Password is { Length: > 0 })
        {
            throw new InvalidSettingException(
                Setting, "It has a password, but Webhooks__Database__Authentication is entra. Remove one of them.");
        }

        builder.UsePeriodicPasswordProvider(
            async (_, cancellationToken) =>
                (await credential.GetTokenAsync(new TokenRequestContext([EntraScope]), cancellationToken)).Token,
            _tokenRefresh,
            _tokenRetry);
    }

    private enum Authentication
    {
        Password,
        Entra,
    }
}
