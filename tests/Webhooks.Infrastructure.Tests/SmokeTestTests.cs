using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Webhooks.Infrastructure.Tests;

public class SmokeTestTests
{
    private const string Refusal = """{"status":401}""";

    [Fact]
    public async Task A_deployment_that_is_well_passes()
    {
        var result = await SmokeTestAsync(Answer);

        Assert.True(result.ExitCode == 0, result.Errors);
        Assert.Contains("ok: healthy", result.Output, StringComparison.Ordinal);
        Assert.Contains("ok: a request without a token is refused", result.Output, StringComparison.Ordinal);
        Assert.Contains("ok: a forged token is refused", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deployment_that_does_not_become_healthy_fails()
    {
        var result = await SmokeTestAsync(context => context.Request.Path == "/health/ready" ? Status(context, 503) : Answer(context));

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("/health/ready answers 503", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deployment_that_becomes_healthy_late_passes()
    {
        var requests = 0;

        var result = await SmokeTestAsync(
            context => context.Request.Path == "/health/ready" && Interlocked.Increment(ref requests) == 1
                ? Status(context, 503)
                : Answer(context),
            waitSeconds: 60);

        Assert.True(result.ExitCode == 0, result.Errors);
    }

    [Theory]
    [InlineData("a request without a token is refused", "GET", "/api/v1/webhooks", false)]
    [InlineData("a forged token is refused", "GET", "/api/v1/webhooks", true)]
    [InlineData("an event without a token is refused", "POST", "/api/v1/events", false)]
    public async Task A_deployment_that_lets_a_stranger_in_fails(string check, string method, string path, bool withToken)
    {
        var result = await SmokeTestAsync(context =>
            context.Request.Method == method
            && context.Request.Path == path
            && context.Request.Headers.ContainsKey("Authorization") == withToken
                ? Status(context, 200)
                : Answer(context));

        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"{check}: expected status 401, got 200", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_that_does_not_say_how_to_authenticate_fails()
    {
        var result = await SmokeTestAsync(context =>
            context.Request.Path.StartsWithSegments("/api") ? Status(context, 401) : Answer(context));

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("WWW-Authenticate", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_where_nothing_answers_fails()
    {
        var result = await Script.RunAsync("smoke-test.sh", ["http://127.0.0.1:1"], Waiting(1));

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("not healthy within 1 s", result.Errors, StringComparison.Ordinal);
    }

    private static async Task<ProcessResult> SmokeTestAsync(RequestDelegate deployment, int waitSeconds = 1)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        await using var app = builder.Build();
        app.Run(deployment);
        await app.StartAsync(TestContext.Current.CancellationToken);

        return await Script.RunAsync("smoke-test.sh", [app.Urls.Single()], Waiting(waitSeconds));
    }

    private static Dictionary<string, string> Waiting(int seconds) => new() { ["SMOKE_TEST_WAIT"] = $"{seconds}" };

    /// <summary>What a deployment that is well answers.</summary>
    private static Task Answer(HttpContext context) => context.Request.Path.Value switch
    {
        "/health/ready" or "/openapi/v1.json" => Status(context, 200),
        "/api/v1/webhooks" or "/api/v1/events" => Refuse(context),
        _ => Status(context, 404),
    };

    private static Task Refuse(HttpContext context)
    {
        context.Response.StatusCode = 401;
        context.Response.Headers.WWWAuthenticate = "Bearer";
        context.Response.ContentType = "application/problem+json";
        return context.Response.WriteAsync(Refusal, context.RequestAborted);
    }

    private static Task Status(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }
}
