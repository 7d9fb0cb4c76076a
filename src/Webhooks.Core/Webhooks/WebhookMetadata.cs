namespace Webhooks.Core.Webhooks;

/// <summary>The bounds on the labels that an organization gives its webhooks.</summary>
public static class WebhookMetadata
{
    public const int Most = 20;
    public const int MostKeyCharacters = 64;
    public const int MostValueCharacters = 500;
}
