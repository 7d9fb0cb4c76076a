using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Webhooks.Api;
using Webhooks.Core;

namespace Webhooks.Functions.Http;

/// <summary>The registration of the HTTP API's pipeline.</summary>
internal static class ApiPipelineServices
{
    /// <summary>Adds <see cref="ApiPipeline"/>. Settings are read at once.</summary>
    public static IServiceCollection AddApiPipeline(this IServiceCollection services, IConfiguration configuration)
    {
        var api = new ServiceCollection().AddLogging().AddRouting().AddWebhooksApi(configuration);
        return services.AddSingleton(host => Create(host, services, api));
    }

    private static ApiPipeline Create(IServiceProvider host, IServiceCollection hostServices, IServiceCollection api)
    {
        foreach (var shared in hostServices.Where(IsShared).Select(service => service.ServiceType).Distinct())
        {
            // As an instance: it is the host's to dispose of.
            api.AddSingleton(shared, host.GetRequiredService(shared));
        }

        return new ApiPipeline(api.BuildServiceProvider(), app => app
            .UseRouting()
            .UseWebhooksApi()
            .UseEndpoints(endpoints => endpoints.MapWebhooksApi()));
    }

    private static bool IsShared(ServiceDescriptor service) =>
        !service.IsKeyedService && (
            service.ServiceType.Assembly == typeof(WebhooksOptions).Assembly || _shared.Contains(service.ServiceType));

    private static readonly HashSet<Type> _shared =
    [
        typeof(NpgsqlDataSource),
        typeof(TimeProvider),
        typeof(IConfiguration),
        typeof(IHostEnvironment),
        typeof(IWebHostEnvironment),
        typeof(IHostApplicationLifetime),
        typeof(ILoggerFactory),
        typeof(DiagnosticListener),
        typeof(DiagnosticSource),
    ];
}
