using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Webhooks.Api.Tests.Hosting;

/// <summary>What the API answered.</summary>
public sealed partial record Answer(HttpStatusCode Status, string Text, HttpResponseHeaders Headers, string? MediaType)
{
    /// <summary>The body, which must be JSON.</summary>
    public JsonElement Json => JsonElement.Parse(Text);

    /// <summary>The body without the request's id, which is another each time.</summary>
    public string TextOfAnyRequest => RequestId().Replace(Text, "");

    public JsonElement this[string name] => Json.GetProperty(name);

    public IReadOnlyList<JsonElement> Data => [.. this["data"].EnumerateArray()];

    /// <summary>The messages of a field of a problem.</summary>
    public IReadOnlyList<string> Errors(string field) =>
        this["errors"].TryGetProperty(field, out var messages)
            ? [.. messages.EnumerateArray().Select(message => message.GetString()!)]
            : [];

    /// <summary>Asserts that this is a problem of that kind.</summary>
    public Answer MustBeProblem(HttpStatusCode status, string code)
    {
        Assert.True(status == Status, $"Expected {status}, got {Status}: {Text}");
        Assert.Equal("application/problem+json", MediaType);
        Assert.Equal("urn:problem-type:webhooks:" + code, this["type"].GetString());
        Assert.Equal((int)status, this["status"].GetInt32());
        Assert.NotEmpty(this["title"].GetString()!);
        Assert.NotEmpty(this["detail"].GetString()!);
        return this;
    }

    /// <summary>Asserts that this is a 400 with exactly these fields in error.</summary>
    public Answer MustRefuse(params string[] fields)
    {
        MustBeProblem(HttpStatusCode.BadRequest, "invalid-request");
        Assert.Equal(fields.Order(StringComparer.Ordinal), this["errors"].EnumerateObject().Select(field => field.Name).Order(
            StringComparer.Ordinal));
        return this;
    }

    public Answer MustBe(HttpStatusCode status)
    {
        Assert.True(status == Status, $"Expected {status}, got {Status}: {Text}");
        return this;
    }

    [GeneratedRegex(",\"request_id\":\"[^\"]+\"")]
    private static partial Regex RequestId();
}
