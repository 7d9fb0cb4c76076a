using Webhooks.Core;

namespace Webhooks.Api.Requests;

/// <summary>What an operation's query parameters say, once they have been read and checked.</summary>
internal interface IRequestQuery<TSelf>
    where TSelf : class, IRequestQuery<TSelf>
{
    /// <summary>Every parameter that the operation knows.</summary>
    static abstract QueryParameters Parameters { get; }

    /// <summary>Reads and checks them; what is wrong goes to the errors of the fields.</summary>
    static abstract TSelf Read(QueryFields fields, WebhooksLimits limits);
}
