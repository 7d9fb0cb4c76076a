using System.Net;
using Webhooks.Api.Tests.Hosting;

namespace Webhooks.Api.Tests.Requests;

public sealed class HeadRequestTests(SharedApi api)
{
    [Theory]
    [InlineData("/docs")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    [InlineData(Calls.Webhooks)]
    [InlineData("/api/v1/webhooks/events/available")]
    [InlineData("/api/v1/nowhere")]
    public async Task HEAD_is_answered_as_GET_without_the_body(string path)
    {
        using var client = api.Server.ForNewOrganization();

        var got = await client.Get(path);
        var head = await client.CallAsync(HttpMethod.Head, path);

        Assert.Equal(got.Status, head.Status);
        Assert.Equal(got.MediaType, head.MediaType);
        Assert.Empty(head.Text);
    }

    [Fact]
    public async Task Another_method_is_told_which_are_allowed()
    {
        using var client = api.Server.Anonymous();

        foreach (var path in (string[])["/docs", "/openapi/v1.json", "/health/live"])
        {
            var refused = await client.Post(path, "{}");

            refused.MustBeProblem(HttpStatusCode.MethodNotAllowed, "method-not-allowed");
            Assert.Contains("GET, HEAD", refused["detail"].GetString(), StringComparison.Ordinal);
        }
    }
}
