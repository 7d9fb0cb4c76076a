using System.Globalization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using Webhooks.Api.Authentication;
using Webhooks.Api.Requests;
using Webhooks.Core;

namespace Webhooks.Api.OpenApi;

/// <summary>
/// The part of an operation's description that the endpoint's signature does not show: its body, query parameters and scope, and words for
/// its answers.
/// </summary>
internal static class OperationDescription
{
    private const string OrganizationParameter = "Organization";

    private static readonly Dictionary<string, string> _pathParameters = new(StringComparer.Ordinal)
    {
        ["id"] = "The webhook's id.",
        ["delivery_id"] = "The delivery's id.",
        ["recovery_id"] = "The recovery's id.",
        ["event_id"] = "The event's id.",
        ["key_id"] = "The API key's id.",
        ["session_id"] = "The portal session's id.",
        ["org_id"] = "The organization's id.",
        ["name"] = "The event type's name.",
    };

    private static readonly Dictionary<int, string> _answers = new()
    {
        [200] = "Done.",
        [201] = "Created. The header Location names it.",
        [202] = "Accepted: it is stored, and what follows begins at once.",
        [204] = "Deleted.",
        [304] = "You have it already, as If-None-Match says.",
        [400] = "The body cannot be read, or `errors` says what is wrong with which field, parameter or header.",
        [401] = "The bearer token is missing or not valid. `WWW-Authenticate` says why.",
        [403] = "The token lacks the scope, or names no organization.",
        [404] = "Your organization has no such thing.",
        [409] = "It cannot be done beside what there is; `type` and `detail` say why.",
        [412] = "Somebody has changed it: it is not in a state that If-Match names.",
        [413] = "The body is larger than allowed.",
        [415] = "The body is compressed or otherwise encoded (Content-Encoding).",
        [422] = "The Idempotency-Key was used for another request within 24 hours.",
        [429] = "Too many of your address's tokens were not valid, or the organization has as many tests or pulls under way as it may "
            + "have. "
            + "Try again after `Retry-After` seconds.",
        [500] = "Something went wrong on our side.",
        [503] = "The database or the keys cannot be reached. Try again after `Retry-After` seconds.",
    };

    public static Task TransformAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        DescribePathParameters(operation);
        DescribeQuery(operation, metadata.OfType<QueryParameters>().SingleOrDefault());
        foreach (var header in metadata.OfType<HeaderDescription>())
        {
            operation.Parameters!.Add(header.ToParameter());
        }

        var authorization = metadata.OfType<IAuthorizeData>().SingleOrDefault();
        var scope = authorization?.Policy;
        if (authorization is not null)
        {
            DescribeScope(operation, context.Document!, scope);
        }

        if (scope != Scopes.Admin)
        {
            DescribeOrganization(operation, context.Document!);
        }

        if (metadata.OfType<RequestDescription>().SingleOrDefault() is { } request)
        {
            DescribeBody(operation, context, request);
        }

        if (operation.OperationId == OperationNames.PublishEvents)
        {
            DescribeAccepted(operation, context.Document!);
        }

        DescribeAnswers(operation, metadata.OfType<AnswerHeader>().ToList());
        return Task.CompletedTask;
    }

    private static void DescribePathParameters(OpenApiOperation operation)
    {
        foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>() ?? [])
        {
            parameter.Description = _pathParameters[parameter.Name!];
            parameter.Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = parameter.Name == "name" ? null : "uuid" };
        }
    }

    private static void DescribeQuery(OpenApiOperation operation, QueryParameters? query)
    {
        operation.Parameters ??= [];
        foreach (var parameter in query?.All.Where(parameter => !parameter.IsPrefix) ?? [])
        {
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = parameter.Name,
                In = ParameterLocation.Query,
                Description = parameter.Description,
                Required = parameter.Required,
                Schema = parameter.ToSchema(),
            });
        }
    }

    /// <param name="scope">The scope that the operation needs; null when any token is enough.</param>
    private static void DescribeScope(OpenApiOperation operation, OpenApiDocument document, string? scope) => operation.Security =
    [
        new OpenApiSecurityRequirement
        {
            [new OpenApiSecuritySchemeReference(DocumentDescription.Bearer, document)] = scope is null ? [] : [scope],
        },
    ];

    /// <summary>Every operation that acts for an organization may be told which by an operator, so the document says it once.</summary>
    private static void DescribeOrganization(OpenApiOperation operation, OpenApiDocument document)
    {
        document.AddComponent(OrganizationParameter, OrganizationHeader.Description.ToParameter());
        operation.Parameters!.Add(new OpenApiParameterReference(OrganizationParameter, document));
    }

    private static void DescribeBody(OpenApiOperation operation, OpenApiOperationTransformerContext context, RequestDescription request)
    {
        var limits = context.ApplicationServices.GetRequiredService<WebhooksOptions>().Limits;
        var document = context.Document!;
        document.AddComponent(request.Name, request.Schema(limits));
        IOpenApiSchema schema = new OpenApiSchemaReference(request.Name, document);
        if (request.OrArray)
        {
            schema = new OpenApiSchema
            {
                OneOf =
                [
                    schema,
                    new OpenApiSchema { Type = JsonSchemaType.Array, MinItems = 1, MaxItems = limits.EventsPerRequest, Items = schema },
                ],
            };
        }

        operation.RequestBody = new OpenApiRequestBody
        {
            Required = request.Required,
            Description = "JSON, whatever the Content-Type says.",
            Content = new Dictionary<string, OpenApiMediaType>
            {
                ["application/json"] = new() { Schema = schema, Example = request.ParseExample() },
            },
        };
    }

    /// <summary>An object is answered with an object and an array with a list, under the same status.</summary>
    private static void DescribeAccepted(OpenApiOperation operation, OpenApiDocument document)
    {
        operation.Responses![Key(StatusCodes.Status202Accepted)].Content!["application/json"].Schema = new OpenApiSchema
        {
            OneOf = [new OpenApiSchemaReference("PublishedEvent", document), new OpenApiSchemaReference("PublishedEvents", document)],
        };
    }

    private static void DescribeAnswers(OpenApiOperation operation, IReadOnlyList<AnswerHeader> headers)
    {
        foreach (var (status, description) in _answers)
        {
            if (operation.Responses!.TryGetValue(Key(status), out var answer))
            {
                answer.Description = description;
                AnswerHeaders.Describe(answer, status, headers);
                AnswerExamples.Describe(answer, operation.OperationId!, status);
            }
        }
    }

    private static string Key(int status) => status.ToString(CultureInfo.InvariantCulture);
}
