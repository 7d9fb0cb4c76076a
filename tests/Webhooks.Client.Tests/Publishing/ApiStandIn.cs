using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Webhooks.Client.Tests.Publishing;

/// <summary>A server on a real socket that answers <c>POST /api/v1/events</c> as the test says and remembers what it was sent.</summary>
internal sealed class ApiStandIn : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ApiStandIn(WebApplication app) => _app = app;

    public ConcurrentQueue<(string? Authorization, string? ContentType, string Body)> Requests { get; } = new();

    public HttpClient Client { get; private set; } = null!;

    /// <param name="answers">The answers to the first request, the second and so on; the last is repeated.</param>
    public static async Task<ApiStandIn> StartAsync(params Func<HttpContext, Task>[] answers)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var api = new ApiStandIn(builder.Build());
        api._app.MapPost("/api/v1/events", async context =>
        {
            var body = await new StreamReader(context.Request.Body).ReadToEndAsync(context.RequestAborted);
            api.Requests.Enqueue((context.Request.Headers.Authorization, context.Request.ContentType, body));
            await answers[Math.Min(api.Requests.Count, answers.Length) - 1](context);
        });
        await api._app.StartAsync();
        api.Client = new HttpClient { BaseAddress = new Uri(api._app.Urls.Single()) };
        return api;
    }

    public static Func<HttpContext, Task> Json(int status, string json, string contentType = "application/json") => context =>
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        return context.Response.WriteAsync(json);
    };

    public static Func<HttpContext, Task> Status(int status) => context =>
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    };

    public static Task Abort(HttpContext context)
    {
        context.Abort();
        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
