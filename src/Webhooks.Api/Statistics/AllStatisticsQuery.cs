using Webhooks.Api.Requests;
using Webhooks.Core;
using Webhooks.Core.Statistics;

namespace Webhooks.Api.Statistics;

/// <summary>Which counts of an organization to show.</summary>
/// <param name="Common">What can be asked of one webhook, too.</param>
/// <param name="Webhooks">Of which webhooks to tell, when these are told apart; null for the newest.</param>
internal sealed record AllStatisticsQuery(StatisticsQuery Common, IReadOnlyList<Guid>? Webhooks) : IRequestQuery<AllStatisticsQuery>
{
    private static readonly QueryParameter _webhookIds = new(
        "webhook_ids",
        $"With `group_by=webhook`: the ids of the webhooks in `groups`, separated by commas, {DeliveryStatistics.MostWebhooks} at most. "
        + "The newest when it is left out.");

    public static QueryParameters Parameters { get; } = new([.. StatisticsQuery.Parameters.All, _webhookIds]);

    public static AllStatisticsQuery Read(QueryFields fields, WebhooksLimits limits) =>
        new(StatisticsQuery.Read(fields, limits), ReadWebhooks(fields));

    private static List<Guid>? ReadWebhooks(QueryFields fields)
    {
        if (fields.Text(_webhookIds) is not { } text)
        {
            return null;
        }

        var ids = new List<Guid>();
        foreach (var item in text.Split(','))
        {
            if (!UuidText.TryParse(item, out var id))
            {
                fields.Refuse(_webhookIds, "It must be UUIDs, separated by commas.");
                break;
            }

            ids.Add(id);
        }

        if (ids.Count > DeliveryStatistics.MostWebhooks)
        {
            fields.Refuse(_webhookIds, $"It has {ids.Count} ids; it may have {DeliveryStatistics.MostWebhooks}.");
        }

        return ids;
    }
}
