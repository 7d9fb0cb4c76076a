using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Webhooks.Core.EventTypes;

namespace Webhooks.Api.EventTypes;

/// <summary>The event types that requests are read with: as they are now, for bodies and queries are read without waiting.</summary>
internal sealed class RequestEventTypes(KnownEventTypes types)
{
    /// <summary>Makes the copy of the event types young enough for an operation. Of what is open to anyone it is not asked.</summary>
    public async Task RefreshAsync(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<IAuthorizeData>() is not null)
        {
            await types.RefreshAsync(context.RequestAborted);
        }

        await next(context);
    }
}
