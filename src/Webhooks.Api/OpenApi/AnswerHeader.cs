using Microsoft.OpenApi;

namespace Webhooks.Api.OpenApi;

/// <summary>Endpoint metadata: a header that an operation's answers of a status have, for the OpenAPI document.</summary>
/// <param name="Status">The answers' status.</param>
/// <param name="Name">The header.</param>
/// <param name="Type">What its value is.</param>
/// <param name="Description">What it is for.</param>
/// <param name="Example">An example of its value, if it needs one.</param>
internal sealed record AnswerHeader(int Status, string Name, JsonSchemaType Type, string Description, string? Example = null)
{
    /// <summary>A webhook's entity tag.</summary>
    public const string ExampleTag = "\"8de60bf8f3c8000-9f86d081884c7d65\"";

    /// <summary>The header with the tag of the webhook that the answer is about.</summary>
    public static AnswerHeader TagOf(int status) => new(
        status, "ETag", JsonSchemaType.String, "The webhook's tag, for `If-Match` and `If-None-Match`.", ExampleTag);

    /// <summary>The header of the document.</summary>
    public OpenApiHeader ToHeader() => new()
    {
        Description = Description,
        Required = true,
        Schema = new OpenApiSchema { Type = Type },
        Example = Example,
    };
}
