using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Webhooks.Api.ApiKeys;
using Webhooks.Api.Authentication;
using Webhooks.Api.EventTypes;
using Webhooks.Api.Health;
using Webhooks.Api.Json;
using Webhooks.Api.OpenApi;
using Webhooks.Api.Portal;
using Webhooks.Api.Problems;
using Webhooks.Api.Requests;
using Webhooks.Api.Security;

namespace Webhooks.Api;

/// <summary>The registration of the HTTP API's services. The host also adds Core's.</summary>
public static class WebhooksApiServices
{
    /// <summary>Adds what the API does beside answering requests. Of the host's own services: it runs as long as the host does.</summary>
    public static IServiceCollection AddWebhooksApiChores(this IServiceCollection services) => services.AddHostedService<KeyUseService>();

    /// <summary>Adds authentication, authorization, JSON, health checks and the OpenAPI document.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configuration">
    /// Says who issues the tokens (section <c>Webhooks:Auth</c>), and which proxies and origins are trusted.
    /// </param>
    /// <exception cref="Core.InvalidSettingException">A setting is missing or has no usable value; the message names it.</exception>
    public static IServiceCollection AddWebhooksApi(this IServiceCollection services, IConfiguration configuration)
    {
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.PropertyNamingPolicy = ApiJson.Default.Options.PropertyNamingPolicy;
            json.SerializerOptions.NumberHandling = ApiJson.Default.Options.NumberHandling;
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Default);
        });
        if (AllowedOrigins.From(configuration) is { } origins)
        {
            services.AddCors().AddSingleton(origins);
        }

        services.AddHttpClient(SignInOrigins.Client, SignInOrigins.Configure).RemoveAllLoggers();
        var authentication = AuthenticationSettings.From(configuration);
        return services
            .AddWebhooksAuthentication(authentication)
            .AddSingleton(PortalSettings.From(configuration, authentication))
            .AddSingleton<PortalAddress>()
            .AddSingleton<SignInOrigins>()
            .AddSingleton(_ => PortalFiles.Read(PortalFiles.Folder))
            .AddSingleton(ClientAddress.From(configuration))
            .AddSingleton<RequestIds>()
            .AddSingleton<SecurityHeaders>()
            .AddSingleton<DatabaseOutages>()
            .AddSingleton<RequestEventTypes>()
            .AddSingleton<ExceptionProblems>()
            .AddWebhooksHealth()
            .AddWebhooksOpenApi();
    }
}
