using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Webhooks.Api.Authentication;
using Webhooks.Api.Json;
using Webhooks.Api.Problems;
using Webhooks.Api.Requests;
using Webhooks.Core.Events;
using Webhooks.Core.EventTypes;

namespace Webhooks.Api.EventTypes;

/// <summary><c>/event-types</c>: what can happen in the platform, for those who say what that is.</summary>
internal static class EventTypeEndpoints
{
    public static void MapEventTypes(this IEndpointRouteBuilder api)
    {
        var types = api.MapGroup("/event-types").WithTags("Event types");

        types.MapGet("/", ListAsync)
            .WithName(OperationNames.ListEventTypes)
            .WithSummary("List all event types with what is known of them")
            .WithDescription(
                $"In the order in which they were made, all on one page: there are {EventTypeRules.MostTypes} at most. Those that tell of "
                + "webhooks themselves are not among them. They are the same for every organization.")
            .WithMetadata(new NarrowedToWebhook())
            .RequireAuthorization(Scopes.ReadWebhooks);

        types.MapGet("/{name}", GetAsync)
            .WithName(OperationNames.GetEventType)
            .WithSummary("Show an event type")
            .WithMetadata(new NarrowedToWebhook())
            .RequireAuthorization(Scopes.ReadWebhooks);

        types.MapPost("/", CreateAsync)
            .WithName(OperationNames.CreateEventType)
            .WithSummary("Make an event type")
            .WithDescription(
                "For all organizations. Every server knows of it within a second: it can be published and listed by webhooks; webhooks "
                + "with `*`, or `user.*` for a `user.invited`, get it.")
            .RequireAuthorization(Scopes.WriteEventTypes);

        types.MapPatch("/{name}", UpdateAsync)
            .WithName(OperationNames.UpdateEventType)
            .WithSummary("Change an event type")
            .WithDescription(
                "A field that is left out stays as it is. A type that is archived is no longer offered, and webhooks that list it still "
                + "get what is published of it.")
            .RequireAuthorization(Scopes.WriteEventTypes);

        types.MapDelete("/{name}", DeleteAsync)
            .WithName(OperationNames.DeleteEventType)
            .WithSummary("Delete an event type")
            .WithDescription("One that is built in, or that webhooks list by its name, is 409: archive it.")
            .RequireAuthorization(Scopes.WriteEventTypes);

        types.MapPost("/import", ImportAsync)
            .WithName(OperationNames.ImportEventTypes)
            .WithSummary("Make and change event types from a document")
            .WithDescription(
                "Takes a list, or an OpenAPI 3.1 document: each entry of its section `webhooks` is a type; its first tag is the category, "
                + "and of its JSON request body come the schema and the sample, from the member `data` where it has one. Types that there "
                + "are become as the document says, and keep what it does not say; others are made; none is deleted. All or none.")
            .RequireAuthorization(Scopes.WriteEventTypes);
    }

    private static async Task<Ok<ListPage<EventTypeResource>>> ListAsync(
        Query<EventTypeListQuery> query, EventTypeStore store, CancellationToken cancellationToken)
    {
        var (archived, category) = query.Value;
        var types = (await store.ListAsync(cancellationToken))
            .Where(type => (archived is null || type.Archived == archived) && (category is null || type.Category == category));
        return TypedResults.Ok(new ListPage<EventTypeResource>([.. types.Select(EventTypeResource.From)], NextCursor: null));
    }

    private static async Task<Results<Ok<EventTypeResource>, NotFoundProblem>> GetAsync(
        [FromRoute] string name, EventTypeStore store, CancellationToken cancellationToken) =>
        EventTypeRules.IsName(name) && await store.FindAsync(name, cancellationToken) is { } type
            ? TypedResults.Ok(EventTypeResource.From(type))
            : NotFoundProblem.EventType;

    private static async Task<Results<Created<EventTypeResource>, EventTypeExists>> CreateAsync(
        Body<CreateEventTypeBody> body, EventTypeStore store, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var made = await store.CreateAsync(body.Value.Type, errors, cancellationToken);
        Refuse(errors);
        return made is null
            ? new EventTypeExists(body.Value.Type.Name)
            : TypedResults.Created($"{ApiPaths.EventTypes}/{made.Name}", EventTypeResource.From(made));
    }

    private static async Task<Results<Ok<EventTypeResource>, NotFoundProblem>> UpdateAsync(
        [FromRoute] string name, Body<UpdateEventTypeBody> body, EventTypeStore store, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var changed = await store.UpdateAsync(name, body.Value.Changes, errors, cancellationToken);
        Refuse(errors);
        return changed is null ? NotFoundProblem.EventType : TypedResults.Ok(EventTypeResource.From(changed));
    }

    private static async Task<Results<NoContent, NotFoundProblem, EventTypeKept>> DeleteAsync(
        [FromRoute] string name, EventTypeStore store, CancellationToken cancellationToken) =>
        (EventTypeRules.IsName(name) ? await store.DeleteAsync(name, cancellationToken) : EventTypeDeletion.NotFound) switch
        {
            EventTypeDeletion.Deleted => TypedResults.NoContent(),
            EventTypeDeletion.BuiltIn => EventTypeKept.BuiltIn,
            EventTypeDeletion.Listed => EventTypeKept.Listed,
            _ => NotFoundProblem.EventType,
        };

    private static async Task<Ok<ImportedEventTypesResource>> ImportAsync(
        Body<ImportEventTypesBody> body, EventTypeStore store, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var imported = await store.ImportAsync(body.Value.Types, errors, cancellationToken);
        Refuse(errors);
        return TypedResults.Ok(ImportedEventTypesResource.From(imported));
    }

    private static void Refuse(FieldErrors errors)
    {
        if (errors.Count > 0)
        {
            throw new InvalidRequestException(errors);
        }
    }
}
