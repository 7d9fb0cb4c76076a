using Microsoft.AspNetCore.Http;
using Microsoft.OpenApi;
using Webhooks.Api.Security;

namespace Webhooks.Api.OpenApi;

/// <summary>The headers that answers have.</summary>
internal static class AnswerHeaders
{
    private static readonly OpenApiHeader _requestId = new()
    {
        Description = "The request's id: its own, or a new one. Problems, log lines and the audit have it.",
        Required = true,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        Example = "0198c0de-5d2a-7c41-9f3e-2b6a8d4e1c07",
    };

    /// <summary>Those of every operation's answers that depend on their status.</summary>
    private static readonly AnswerHeader[] _all =
    [
        new(StatusCodes.Status201Created, "Location", JsonSchemaType.String, "The path of what was created."),
        new(
            StatusCodes.Status401Unauthorized,
            "WWW-Authenticate",
            JsonSchemaType.String,
            "What is wrong with the token (RFC 6750, section 3)."),
        new(
            StatusCodes.Status403Forbidden, "WWW-Authenticate", JsonSchemaType.String, "The scope that is needed (RFC 6750, section 3)."),
        new(
            StatusCodes.Status415UnsupportedMediaType,
            "Accept-Encoding",
            JsonSchemaType.String,
            "The content encodings that are read."),
        new(StatusCodes.Status429TooManyRequests, "Retry-After", JsonSchemaType.Integer, "After how many seconds to try again."),
        new(StatusCodes.Status503ServiceUnavailable, "Retry-After", JsonSchemaType.Integer, "After how many seconds to try again."),
    ];

    /// <summary>Adds the headers that an operation's answers of a status have.</summary>
    /// <param name="own">Those of the operation beside the ones that every operation has.</param>
    public static void Describe(IOpenApiResponse answer, int status, IEnumerable<AnswerHeader> own)
    {
        var described = (OpenApiResponse)answer;
        described.Headers ??= new Dictionary<string, IOpenApiHeader>();
        described.Headers[RequestIds.Header] = _requestId;
        foreach (var header in _all.Concat(own).Where(header => header.Status == status))
        {
            described.Headers[header.Name] = header.ToHeader();
        }
    }
}
