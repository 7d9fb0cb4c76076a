namespace Webhooks.Core.Webhooks;

/// <summary>What came of a request to create a webhook.</summary>
public abstract record WebhookCreation
{
    private WebhookCreation()
    {
    }

    /// <summary>A webhook that was made by this request or by an earlier one that this one repeats.</summary>
    /// <param name="Webhook">The webhook as it is now.</param>
    /// <param name="Secret">Its secret in clear.</param>
    public sealed record Created(Webhook Webhook, string Secret) : WebhookCreation;

    /// <summary>Nothing was made: the organization has as many webhooks as it may have.</summary>
    /// <param name="Most">How many those are.</param>
    public sealed record TooMany(int Most) : WebhookCreation;

    /// <summary>Nothing was made: the request's key is another request's.</summary>
    public sealed record KeyReused : WebhookCreation;

    /// <summary>Nothing was made: the webhook that an earlier request under the same key made has been deleted.</summary>
    public sealed record Deleted : WebhookCreation;
}
