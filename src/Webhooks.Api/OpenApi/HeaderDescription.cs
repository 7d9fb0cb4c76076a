using Microsoft.OpenApi;

namespace Webhooks.Api.OpenApi;

/// <summary>Endpoint metadata: a header that a request may have, for the OpenAPI document.</summary>
/// <param name="Name">The header.</param>
/// <param name="Description">What it is for.</param>
/// <param name="Example">An example of its value.</param>
/// <param name="MostCharacters">The most characters that it may have; null when nothing bounds them.</param>
internal sealed record HeaderDescription(string Name, string Description, string Example, int? MostCharacters = null)
{
    /// <summary>The parameter of the document.</summary>
    public OpenApiParameter ToParameter() => new()
    {
        Name = Name,
        In = ParameterLocation.Header,
        Description = Description,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = MostCharacters },
        Example = Example,
    };
}
