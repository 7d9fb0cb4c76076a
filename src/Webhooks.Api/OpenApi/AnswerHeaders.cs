using Microsoft.AspNetCore.Http;
using Microsoft.OpenApi;

namespace Webhooks.Api.OpenApi;

/// <summary>The headers that answers have, by their status.</summary>
internal static class AnswerHeaders
{
    private static readonly Dictionary<int, (string Name, JsonSchemaType Type, string Description)> _byStatus = new()
    {
        [StatusCodes.Status201Created] = ("Location", JsonSchemaType.String, "The path of what was created."),
        [StatusCodes.Status401Unauthorized] =
            ("WWW-Authenticate", JsonSchemaType.String, "What is wrong with the token (RFC 6750, section 3)."),
        [StatusCodes.Status403Forbidden] = ("WWW-Authenticate", JsonSchemaType.String, "The scope that is needed (RFC 6750, section 3)."),
        [StatusCodes.Status415UnsupportedMediaType] = ("Accept-Encoding", JsonSchemaType.String, "The content encodings that are read."),
        [StatusCodes.Status429TooManyRequests] = ("Retry-After", JsonSchemaType.Integer, "After how many seconds to try again."),
        [StatusCodes.Status503ServiceUnavailable] = ("Retry-After", JsonSchemaType.Integer, "After how many seconds to try again."),
    };

    /// <summary>Adds the header that answers of a status have, if there is one.</summary>
    public static void Describe(IOpenApiResponse answer, int status)
    {
        if (answer is OpenApiResponse described && _byStatus.TryGetValue(status, out var header))
        {
            described.Headers ??= new Dictionary<string, IOpenApiHeader>();
            described.Headers[header.Name] = new OpenApiHeader
            {
                Description = header.Description,
                Required = true,
                Schema = new OpenApiSchema { Type = header.Type },
            };
        }
    }
}
