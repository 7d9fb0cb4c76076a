using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Webhooks.Api.Authentication;
using Webhooks.Api.OpenApi;
using Webhooks.Api.Requests;
using Webhooks.Core;
using Webhooks.Core.Events;

namespace Webhooks.Api.Events;

/// <summary>The events to publish.</summary>
/// <param name="Messages">In order.</param>
/// <param name="IsArray">Whether they came in an array.</param>
internal sealed record PublishEventsBody(IReadOnlyList<EventMessage> Messages, bool IsArray) : IRequestBody<PublishEventsBody>
{
    public static RequestDescription Description => RequestDescription.PublishEvents;

    public static int MostBytes(WebhooksLimits limits) => limits.PublishBytes;

    public static PublishEventsBody? Read(ReadOnlyMemory<byte> utf8Json, HttpContext context, FieldErrors errors)
    {
        var read = ReadEvents(utf8Json, context);
        if (read.Errors.Count == 0)
        {
            return new PublishEventsBody(read.Messages, read.IsArray);
        }

        // What is wrong with the text as a whole is told as for any other body; the rest by field.
        if (read.Errors.TryGetValue("", out var messages))
        {
            var limits = context.RequestServices.GetRequiredService<WebhooksOptions>().Limits;
            throw new BadHttpRequestException(
                string.Join(' ', messages),
                !read.IsArray && utf8Json.Length > limits.EventBytes
                ? StatusCodes.Status413PayloadTooLarge
                : StatusCodes.Status400BadRequest);
        }

        errors.Add(read.Errors);
        return null;
    }

    private static EventMessages ReadEvents(ReadOnlyMemory<byte> utf8Json, HttpContext context)
    {
        var reader = context.RequestServices.GetRequiredService<EventMessageReader>();
        var areStructured = CloudEventRequest.IsStructured(context.Request);
        return !areStructured && CloudEventRequest.IsBinary(context.Request)
            ? reader.ReadCloudEvent(CloudEventRequest.Attributes(context.Request), utf8Json, OrganizationOf(context))
            : reader.ReadMany(utf8Json, OrganizationOf(context), areStructured);
    }

    /// <summary>The organization that events are published for; null when each names its own.</summary>
    private static Guid? OrganizationOf(HttpContext context) =>
        context.User.HasScope(Scopes.PublishEventsForAny) && !OrganizationHeader.IsIn(context.Request)
            ? null
            : context.User.FindOrganizationId();
}
