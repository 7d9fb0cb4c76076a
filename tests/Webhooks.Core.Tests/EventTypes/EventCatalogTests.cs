using System.Text.Json;
using Webhooks.Core.Events;
using Webhooks.Core.EventTypes;
using Webhooks.Core.Tests.Events;
using Webhooks.Testing;

namespace Webhooks.Core.Tests.EventTypes;

public sealed class EventCatalogTests
{
    private static readonly EventCatalog _catalog = EventCatalog.BuiltIn;
    private static readonly EventMessageReader _reader = BuiltInEventTypes.Reader();

    [Fact]
    public void There_are_30_event_types_in_6_categories()
    {
        var types = _catalog.All.GroupBy(type => type.Category).Select(category => (category.Key, category.Count()));

        Assert.Equal(
            [("User", 8), ("Subscription", 5), ("Billing", 6), ("Organization", 3), ("Edge Device", 6), ("Monitoring", 2)],
            types);
    }

    [Fact]
    public void They_are_the_ones_that_the_platform_publishes()
    {
        var names = """
            user.created user.updated user.deleted user.login user.logout user.password_changed user.email_verified user.profile_updated
            subscription.created subscription.updated subscription.cancelled subscription.renewed subscription.payment_failed
            payment.succeeded payment.failed payment.refunded invoice.created invoice.paid invoice.overdue
            organization.created organization.updated organization.deleted
            device.registered device.updated device.deleted device.online device.offline device.alert
            alert.triggered alert.resolved
            """.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(names, _catalog.All.Select(type => type.Name));
    }

    public static TheoryData<string> Names => [.. _catalog.All.Select(type => type.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_has_a_sentence_and_a_sample_that_could_be_published(string name)
    {
        var type = _catalog.Find(name)!;

        var read = _reader.Read(Message.Json(type.Name, type.Sample), orgId: null);

        Assert.Empty(read.Errors);
        Assert.EndsWith(".", type.Description, StringComparison.Ordinal);
        Assert.True(JsonDocument.Parse(type.Sample).RootElement.GetPropertyCount() >= 3);
        Assert.DoesNotContain('\n', type.Sample);
    }

    [Theory]
    [InlineData("user.create")]
    [InlineData("User.Created")]
    [InlineData("*")]
    [InlineData("")]
    public void Only_the_exact_name_is_found(string name) => Assert.Null(_catalog.Find(name));

    [Theory]
    [InlineData("user.create", "user.created")]
    [InlineData("usercreated", "user.created")]
    [InlineData("user.craeted", "user.created")]
    [InlineData("user_created", "user.created")]
    [InlineData(" USER.CREATED ", "user.created")]
    [InlineData("users.created", "user.created")]
    [InlineData("payment.fail", "payment.failed")]
    [InlineData("subscription.canceled", "subscription.cancelled")]
    [InlineData("device.onlin", "device.online")]
    [InlineData("password_changed", "user.password_changed")]
    [InlineData("organisation.created", "organization.created")]
    public void A_slip_of_the_pen_is_recognized(string written, string meant) =>
        Assert.Equal(meant, _catalog.Nearest(written)[0]);

    [Fact]
    public void Only_part_of_a_name_suggests_up_to_three() =>
        Assert.Equal(["alert.resolved", "alert.triggered"], _catalog.Nearest("alert."));

    [Fact]
    public void An_unknown_verb_suggests_what_else_happens_to_the_same_thing() =>
        Assert.All(_catalog.Nearest("user.suspended"), name => Assert.StartsWith("user.", name, StringComparison.Ordinal));

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("*")]
    [InlineData("order.shipped")]
    [InlineData("something else entirely")]
    public void Nothing_is_suggested_when_nothing_is_near(string written) => Assert.Empty(_catalog.Nearest(written));

    [Fact]
    public void An_absurdly_long_name_suggests_nothing() => Assert.Empty(_catalog.Nearest("user." + new string('x', 100_000)));
}
