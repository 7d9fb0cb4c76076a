using System.Text.Json;
using Webhooks.Core.Events;
using Webhooks.Core.Filters;
using Webhooks.Core.Tests.Postgres;

namespace Webhooks.Core.Tests.Filters;

/// <summary>What filters leave out when events fan out.</summary>
public sealed class FilteredPublishingTests : DatabaseTest
{
    private readonly Guid _org = Guid.NewGuid();

    [Fact]
    public async Task An_event_goes_to_webhooks_without_filter_and_to_those_whose_filter_it_passes()
    {
        var all = await AddWebhookAsync(_org);
        var large = await AddFilteredAsync("""{"data":{"amount":{"$gte":100}}}""");
        var euro = await AddFilteredAsync("""{"data":{"currency":"EUR"}}""");
        await AddFilteredAsync("""{"event":{"$startsWith":"invoice."}}""");

        var published = await Publisher.PublishAsync(
            [
                Message(_org, data: """{"amount":250,"currency":"EUR"}"""), Message(_org, data: """{"amount":99.99,"currency":"EUR"}"""),
                Message(_org, data: """{"amount":"250"}"""), Message(_org, data: "{}"),
            ],
            Cancel);

        Assert.Equal([3, 2, 1, 1], published.Select(item => item.Deliveries));
        Assert.Equal([all, large, euro], await ReceiversAsync(published[0].Id));
        Assert.Equal([all, euro], await ReceiversAsync(published[1].Id));
    }

    [Fact]
    public async Task An_event_that_does_not_pass_the_filter_of_an_inactive_webhook_is_not_kept_as_skipped()
    {
        await AddFilteredAsync("""{"data":{"amount":{"$gte":100}}}""");
        await ExecuteAsync("UPDATE webhooks SET active = false");

        await Publisher.PublishAsync([Message(_org, data: """{"amount":5}"""), Message(_org, data: """{"amount":500}""")], Cancel);

        Assert.Equal(
            "500", await QueryAsync<string>("SELECT payload->'data'->>'amount' FROM webhook_deliveries WHERE status = 'skipped'"));
    }

    [Fact]
    public async Task What_is_stored_in_parts_is_filtered_too()
    {
        const int Webhooks = 300;
        for (var number = 0; number < Webhooks; number++)
        {
            await (number % 3 == 0 ? AddFilteredAsync("""{"data":{"wanted":true}}""") : AddWebhookAsync(_org));
        }

        var data = JsonSerializer.Serialize(new { text = new string('a', 45_000) });
        var published = Assert.Single(await Publisher.PublishAsync([Message(_org, data: data)], Cancel));

        Assert.Equal(Webhooks * 2 / 3, published.Deliveries);
        Assert.Equal(published.Deliveries, await QueryAsync<int>("SELECT count(*)::int FROM webhook_deliveries"));
    }

    private async Task<Guid> AddFilteredAsync(string pattern)
    {
        var filter = Required(FilterCompiler.Compile(JsonElement.Parse(pattern), "filter", new FieldErrors()));
        var webhook = await AddWebhookAsync(_org);
        await ExecuteAsync(
            "UPDATE webhooks SET filter = $2::jsonb, filter_path = $3::jsonpath WHERE id = $1", webhook, filter.Pattern, filter.Path);
        return webhook;
    }

    private Task<IReadOnlyList<Guid>> ReceiversAsync(Guid eventId) =>
        QueryAllAsync<Guid>("SELECT webhook_id FROM webhook_deliveries WHERE event_id = $1 ORDER BY webhook_id", eventId);
}
