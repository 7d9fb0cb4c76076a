using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Webhooks.Api.Authentication;
using Webhooks.Core;
using Webhooks.Core.Postgres;
using Webhooks.Core.Secrets;
using Webhooks.Testing;

namespace Webhooks.Api.Tests.Hosting;

/// <summary>The API as the server runs it: Kestrel on a random port, a database of its own, and real tokens.</summary>
public sealed class ApiServer : IAsyncDisposable
{
    /// <summary>An origin whose pages may call the API.</summary>
    public const string Origin = "https://portal.example.com";

    private readonly WebApplication _server;
    private readonly string _folder;

    private ApiServer(WebApplication server, string folder, DevelopmentKey key, LogRecorder logs)
    {
        _server = server;
        _folder = folder;
        Key = key;
        Logs = logs;
    }

    public DevelopmentKey Key { get; }

    public LogRecorder Logs { get; }

    public IServiceProvider Services => _server.Services;

    public Uri Url => new(_server.Urls.First());

    /// <summary>Starts a server.</summary>
    /// <param name="connectionString">The database.</param>
    /// <param name="limits">The bounds; the defaults when null.</param>
    /// <param name="adjust">Changes services before the server is built.</param>
    /// <param name="settings">Settings of section <c>Webhooks:Auth</c> instead of the development key.</param>
    public static async Task<ApiServer> StartAsync(
        string connectionString,
        WebhooksLimits? limits = null,
        Action<IServiceCollection>? adjust = null,
        IReadOnlyDictionary<string, string?>? settings = null)
    {
        var folder = Directory.CreateTempSubdirectory("webhooks-api-").FullName;
        var keyFile = Path.Combine(folder, "token-key");
        var logs = new LogRecorder();

        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(
            settings ?? new Dictionary<string, string?> { ["Webhooks:Auth:DevelopmentKeyFile"] = keyFile });

        // So that each client has an address of its own.
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?> { ["Webhooks:TrustedProxies"] = "127.0.0.0/8", ["Webhooks:AllowedOrigins"] = Origin });
        builder.Logging.ClearProviders().AddProvider(logs).SetMinimumLevel(LogLevel.Debug);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services
            .AddSingleton(_ => NpgsqlDataSource.Create(connectionString))
            .AddSingleton<IKeyRing>(_ => new FileKeyRing(Path.Combine(folder, "secret-keys.json")))
            .AddWebhooksCore(new WebhooksOptions
            {
                RequireHttps = false,
                AllowedNetworks = [IPNetwork.Parse("127.0.0.0/8")],
                AttemptTimeout = TimeSpan.FromSeconds(10),
                Limits = limits ?? new WebhooksLimits(),
            })
            .AddWebhooksApi(builder.Configuration);
        adjust?.Invoke(builder.Services);

        var server = builder.Build();
        server.UseWebhooksApi();
        server.MapWebhooksApi();
        await server.StartAsync();
        return new ApiServer(server, folder, DevelopmentKey.LoadOrCreate(keyFile), logs);
    }

    /// <summary>A client without a token, at an address of its own.</summary>
    public HttpClient Anonymous() => At($"198.18.{RandomNumberGenerator.GetInt32(256)}.{RandomNumberGenerator.GetInt32(256)}");

    /// <summary>A client without a token at an address.</summary>
    public HttpClient At(string address) => new()
    {
        BaseAddress = Url,
        DefaultRequestHeaders = { { "X-Forwarded-For", address } },
    };

    /// <summary>A client with this token, which need not be one.</summary>
    public HttpClient WithToken(string token)
    {
        var client = Anonymous();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <summary>A client that may do everything for an organization, or only what is named.</summary>
    public HttpClient For(Guid organization, params string[] scopes) =>
        WithToken(Key.CreateToken(
            organization,
            scopes.Length > 0 ? scopes : [Scopes.ReadWebhooks, Scopes.WriteWebhooks, Scopes.PublishEvents],
            TimeSpan.FromMinutes(10)));

    /// <summary>A client whose token names no organization.</summary>
    public HttpClient ForNoOrganization(params string[] scopes) =>
        WithToken(Key.CreateToken(orgId: null, scopes, TimeSpan.FromMinutes(10)));

    /// <summary>A client of a new organization that may do everything.</summary>
    public HttpClient ForNewOrganization() => For(Guid.NewGuid());

    public Task MigrateAsync() => Services.GetRequiredService<Migrator>().MigrateAsync(CancellationToken.None);

    /// <summary>Stops as the server does when it is asked to.</summary>
    public Task StopAsync() => _server.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
