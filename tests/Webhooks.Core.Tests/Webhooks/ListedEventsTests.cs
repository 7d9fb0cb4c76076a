using Webhooks.Core.EventTypes;
using Webhooks.Core.Signals;
using Webhooks.Core.Webhooks;

namespace Webhooks.Core.Tests.Webhooks;

public sealed class ListedEventsTests
{
    [Theory]
    [InlineData("user.created", "user.created", "*", "user.*")]
    [InlineData("order.line.added", "order.line.added", "*", "order.*", "order.line.*")]
    [InlineData("heartbeat", "heartbeat", "*")]
    [InlineData("webhook.disabled", "webhook.disabled")]
    public void An_event_type_is_listed_by_its_name_or_as_one_of_several(string eventType, params string[] names) =>
        Assert.Equal(names, ListedEvents.NamesOf(eventType));

    [Theory]
    [InlineData("user.*", "user.created", true)]
    [InlineData("user.*", "subscription.created", false)]
    [InlineData("use.*", "user.created", false)]
    [InlineData("user.*", "users.created", false)]
    [InlineData("*", "user.created", true)]
    [InlineData("*", "webhook.disabled", false)]
    [InlineData("webhook.*", "webhook.disabled", false)]
    [InlineData("webhook.disabled", "webhook.disabled", true)]
    public void A_wildcard_includes_what_is_below_it_and_no_operational_event(string listed, string eventType, bool included) =>
        Assert.Equal(included, ListedEvents.Include([listed], eventType));

    [Fact]
    public void Every_event_type_is_included_by_exactly_the_wildcard_of_its_kind()
    {
        var kinds = EventCatalog.BuiltIn.All.Select(type => type.Name.Split('.')[0]).Distinct().ToList();

        Assert.All(EventCatalog.BuiltIn.All, type => Assert.Equal(
            [type.Name.Split('.')[0]], kinds.Where(kind => ListedEvents.Include([kind + ".*"], type.Name))));
        Assert.All(OperationalEvents.All, type => Assert.DoesNotContain(kinds, kind => ListedEvents.Include([kind + ".*"], type.Name)));
    }

    [Theory]
    [InlineData("user.*", "user.created")]
    [InlineData("payment.*", "payment.succeeded")]
    [InlineData("*", "user.created")]
    [InlineData("invoice.paid", "invoice.paid")]
    [InlineData("webhook.disabled", "webhook.disabled")]
    [InlineData("nothing.*", null)]
    public void The_first_event_type_that_an_entry_stands_for_is_the_catalogs_first(string listed, string? first) =>
        Assert.Equal(first, ListedEvents.FirstOf(listed, EventCatalog.BuiltIn)?.Name);
}
