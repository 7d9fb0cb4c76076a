using Microsoft.AspNetCore.Http;
using Webhooks.Api.OpenApi;
using Webhooks.Core;
using Webhooks.Core.Events;

namespace Webhooks.Api.Requests;

/// <summary>What an operation's body says, once it has been read and checked.</summary>
internal interface IRequestBody<TSelf>
    where TSelf : class, IRequestBody<TSelf>
{
    /// <summary>The body as the OpenAPI document shows it.</summary>
    static abstract RequestDescription Description { get; }

    /// <summary>The most bytes that it may have.</summary>
    static abstract int MostBytes(WebhooksLimits limits);

    /// <summary>Reads and checks it.</summary>
    /// <param name="utf8Json">The whole body, without a byte order mark; it stays as it is until the request has been answered.</param>
    /// <param name="context">The request; it is authorized.</param>
    /// <param name="errors">Takes what is wrong, by field.</param>
    /// <returns>Null when there are errors.</returns>
    /// <exception cref="BadHttpRequestException">The body as a whole cannot be used; the message is for the caller.</exception>
    static abstract TSelf? Read(ReadOnlyMemory<byte> utf8Json, HttpContext context, FieldErrors errors);
}
