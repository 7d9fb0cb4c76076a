using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Webhooks.Core;
using Webhooks.Core.Secrets;

namespace Webhooks.Api.Tests.Hosting;

/// <summary>A host without middleware, which routes by itself and hands its HttpContext to an operation by its name.</summary>
public sealed class CompositionTests(SharedApi api)
{
    [Fact]
    public async Task Operations_answer_as_under_the_server_when_a_host_calls_them_by_name()
    {
        await using var host = await StartAsync();
        var organization = Guid.NewGuid();
        using var direct = api.Server.For(organization);
        using var hosted = new HttpClient { BaseAddress = new Uri(host.Urls.First()) };
        hosted.DefaultRequestHeaders.Authorization = direct.DefaultRequestHeaders.Authorization;
        using var anonymous = new HttpClient { BaseAddress = hosted.BaseAddress };
        var id = await direct.CreateWebhookAsync();

        var own = await hosted.Get($"/functions/GetWebhook/{id}");
        var missing = await hosted.Get($"/functions/GetWebhook/{Guid.NewGuid()}");
        var malformed = await hosted.Get("/functions/GetWebhook/abc");
        var invalid = await hosted.Get("/functions/ListWebhooks?limit=0");
        var unauthenticated = await anonymous.Get("/functions/ListWebhooks");
        var unreadable = await hosted.Post("/functions/CreateWebhook", "{");

        Assert.Equal((await direct.Get($"{Calls.Webhooks}/{id}")).Text, own.MustBe(HttpStatusCode.OK).Text);
        missing.MustBeProblem(HttpStatusCode.NotFound, "not-found");
        malformed.MustBeProblem(HttpStatusCode.NotFound, "not-found");
        invalid.MustRefuse("limit");
        unauthenticated.MustBeProblem(HttpStatusCode.Unauthorized, "unauthenticated");
        Assert.NotEmpty(unauthenticated.Headers.WwwAuthenticate);
        unreadable.MustBeProblem(HttpStatusCode.BadRequest, "malformed-body");
    }

    private async Task<WebApplication> StartAsync()
    {
        var keyFile = Path.Combine(Path.GetTempPath(), $"webhooks-composition-{Guid.NewGuid():N}");
        await File.WriteAllTextAsync(
            keyFile, Convert.ToBase64String(api.Server.Key.SecurityKey.Key), TestContext.Current.CancellationToken);

        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Webhooks:Auth:DevelopmentKeyFile"] = keyFile });
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services
            .AddSingleton(_ => NpgsqlDataSource.Create(api.Database.ConnectionString))
            .AddSingleton<IKeyRing>(_ => new FileKeyRing(keyFile + "-secrets"))
            .AddWebhooksCore(new WebhooksOptions { RequireHttps = false })
            .AddWebhooksApi(builder.Configuration);
        var host = builder.Build();
        File.Delete(keyFile);

        var endpoints = new OperationTable(host.Services);
        endpoints.MapWebhooksOperations();
        var pipeline = new ApplicationBuilder(host.Services);
        pipeline.UseWebhooksApi();
        pipeline.Run(context => context.GetEndpoint()!.RequestDelegate!(context));
        var run = pipeline.Build();
        host.Map("/functions/{operation}/{id?}", (HttpContext context, string operation) =>
        {
            context.SetEndpoint(endpoints.Find(operation));
            return run(context);
        });
        await host.StartAsync();
        return host;
    }

    private sealed class OperationTable(IServiceProvider services) : IEndpointRouteBuilder
    {
        public IServiceProvider ServiceProvider => services;

        public ICollection<EndpointDataSource> DataSources { get; } = [];

        public IApplicationBuilder CreateApplicationBuilder() => new ApplicationBuilder(services);

        public Endpoint Find(string name) =>
            DataSources.SelectMany(source => source.Endpoints).Single(
                endpoint => endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName == name);
    }
}
