using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Webhooks.Api.Deliveries;
using Webhooks.Api.Json;
using Webhooks.Api.Statistics;

namespace Webhooks.Api.OpenApi;

/// <summary>The corrections of the schemas of types that are written in a way of their own.</summary>
internal static class SchemaDescription
{
    public static Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = context.JsonTypeInfo.Type;
        if (type == typeof(RawJson))
        {
            // Any members, said in the way that generators understand: an object without properties would have none.
            schema.Type = JsonSchemaType.Object;
            schema.AdditionalProperties = new OpenApiSchema();
        }
        else if (type.IsEnum)
        {
            schema.Type = JsonSchemaType.String;
        }
        else if (type == typeof(DeliveryDetailResource))
        {
            schema.Required?.Remove("orchestration");
        }
        else if (typeof(CountsResource).IsAssignableFrom(type))
        {
            // What an answer always has; generators would else make each of them optional.
            schema.Required = schema.Properties?.Keys.ToHashSet(StringComparer.Ordinal);
        }
        else if (typeof(ProblemDetails).IsAssignableFrom(type))
        {
            DescribeProblem(schema);
        }

        return Task.CompletedTask;
    }

    /// <summary>One schema for every problem, so that who handles an error finds <c>errors</c> whichever it is.</summary>
    private static void DescribeProblem(OpenApiSchema schema)
    {
        schema.Description = "An error (RFC 9457).";
        schema.Required = new HashSet<string>(StringComparer.Ordinal) { "type", "title", "status", "detail" };
        schema.Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["type"] = Text("The kind of error; it never changes.", "urn:problem-type:webhooks:invalid-request"),
            ["title"] = Text("The kind in a few words.", "The request is not valid"),
            ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32", Description = "The HTTP status." },
            ["detail"] = Text("What happened this time, and what to do.", "The member errors says what is wrong with which field."),
            ["errors"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Description = "With `invalid-request`: what is wrong, by field.",
                AdditionalProperties = new OpenApiSchema
                {
                    Type = JsonSchemaType.Array,
                    Items = new OpenApiSchema { Type = JsonSchemaType.String },
                },
            },
            ["request_id"] = Text("The request's id, as in the header X-Request-Id.", "01a21939-6307-7425-bfee-af77a1165cfe"),
            ["trace_id"] = Text("With `internal-error`: what to tell the operators.", "0af7651916cd43dd8448eb211c80319c"),
        };
    }

    private static OpenApiSchema Text(string description, string example) =>
        new() { Type = JsonSchemaType.String, Description = description, Examples = [example] };
}
