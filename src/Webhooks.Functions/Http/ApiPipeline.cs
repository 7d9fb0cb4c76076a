using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Webhooks.Functions.Http;

/// <summary>
/// The HTTP API's own pipeline: routing, errors, authentication, authorization and the endpoints, exactly as in the server. The worker has
/// a pipeline too, which ends in a function and takes no middleware; so every HTTP function hands its request over to this one.
/// </summary>
/// <remarks>
/// It has a service provider of its own, because both pipelines' routing would otherwise see both sets of endpoints. The app's own services
/// (database, stores, sender) are shared.
/// </remarks>
public sealed class ApiPipeline : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly RequestDelegate _run;

    internal ApiPipeline(ServiceProvider services, Action<IApplicationBuilder> build)
    {
        _services = services;
        var app = new ApplicationBuilder(services);
        build(app);
        _run = app.Build();
    }

    /// <summary>The endpoints that requests can reach.</summary>
    internal IReadOnlyList<Endpoint> Endpoints => _services.GetRequiredService<EndpointDataSource>().Endpoints;

    /// <summary>Answers a request.</summary>
    /// <returns>A result that writes nothing: it tells the worker that the answer has been written.</returns>
    public async Task<IResult> RunAsync(HttpRequest request)
    {
        var context = request.HttpContext;
        var (services, endpoint, routeValues) = (context.RequestServices, context.GetEndpoint(), request.RouteValues);
        await using var scope = _services.CreateAsyncScope();
        context.RequestServices = scope.ServiceProvider;
        context.SetEndpoint(null);
        request.RouteValues = [];
        try
        {
            await _run(context);
        }
        finally
        {
            context.RequestServices = services;
            context.SetEndpoint(endpoint);
            request.RouteValues = routeValues;
        }

        return Results.Empty;
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
