using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Webhooks.Core.EventTypes;

namespace Webhooks.Api.EventTypes;

/// <summary>What a request is told of event types.</summary>
internal static class RequestEventTypesExtensions
{
    /// <summary>The event types as this process knows them, which is of a second ago at most.</summary>
    public static EventCatalog EventTypes(this HttpContext context) =>
        context.RequestServices.GetRequiredService<KnownEventTypes>().Current;
}
