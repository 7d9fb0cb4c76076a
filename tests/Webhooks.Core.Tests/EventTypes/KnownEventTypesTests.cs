using Microsoft.Extensions.Time.Testing;
using Webhooks.Core.Events;
using Webhooks.Core.EventTypes;
using Webhooks.Core.Tests.Postgres;

namespace Webhooks.Core.Tests.EventTypes;

public sealed class KnownEventTypesTests : DatabaseTest
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public async Task The_migration_makes_the_types_that_a_process_begins_with()
    {
        var known = new KnownEventTypes(Database, _clock);

        await known.RefreshAsync(Cancel);

        Assert.Equal(
            EventCatalog.BuiltIn.All,
            known.Current.All.Select(type => type with { CreatedAt = default, UpdatedAt = default }));
    }

    [Fact]
    public async Task A_change_by_another_process_is_known_a_second_later()
    {
        var known = new KnownEventTypes(Database, _clock);
        await known.RefreshAsync(Cancel);
        await InsertAsync("order.shipped");

        await known.RefreshAsync(Cancel);
        Assert.Null(known.Current.Find("order.shipped"));
        Assert.True(known.IsValid);

        _clock.Advance(KnownEventTypes.Validity);
        Assert.False(known.IsValid);
        await known.RefreshAsync(Cancel);
        Assert.NotNull(known.Current.Find("order.shipped"));
    }

    [Fact]
    public async Task Nothing_is_read_again_while_nothing_has_changed()
    {
        var known = new KnownEventTypes(Database, _clock);
        await known.RefreshAsync(Cancel);
        var before = known.Current;

        _clock.Advance(KnownEventTypes.Validity);
        await known.RefreshAsync(Cancel);

        Assert.Same(before, known.Current);
        Assert.True(known.IsValid);
    }

    [Fact]
    public async Task A_schema_is_compiled_once_for_as_long_as_it_stays_the_same()
    {
        var known = new KnownEventTypes(Database, _clock);
        await InsertAsync("order.shipped", """{"required":["id"]}""");
        await known.ReadAgainAsync(Cancel);
        var before = SchemaOf(known, "order.shipped");
        await ExecuteAsync("UPDATE event_types SET description = 'Another.' WHERE name = 'order.shipped'");
        await known.ReadAgainAsync(Cancel);
        var after = SchemaOf(known, "order.shipped");
        await ExecuteAsync("UPDATE event_types SET schema = '{}' WHERE name = 'order.shipped'");
        await known.ReadAgainAsync(Cancel);

        Assert.NotNull(before);
        Assert.Same(before, after);
        Assert.NotSame(before, SchemaOf(known, "order.shipped"));
    }

    [Fact]
    public async Task A_schema_that_somebody_stored_past_the_api_and_cannot_be_used_refuses_nothing()
    {
        var known = new KnownEventTypes(Database, _clock);
        await InsertAsync("order.shipped", """{"type":"nonsense"}""");
        await known.ReadAgainAsync(Cancel);

        var read = new EventMessageReader(new WebhooksOptions(), known).Read(
            System.Text.Encoding.UTF8.GetBytes($$$"""{"org_id":"{{{Guid.NewGuid()}}}","event":"order.shipped","data":{}}"""), orgId: null);

        Assert.Empty(read.Errors);
    }

    private static DataSchema? SchemaOf(KnownEventTypes known, string name) => known.Current.SchemaOf(known.Current.Find(name)!);

    private Task<int> InsertAsync(string name, string schema = "{}") => ExecuteAsync(
        "INSERT INTO event_types (name, category, description, sample, schema, validate) VALUES ($1, 'Order', '', '{}', $2::json, true)",
        name, schema);
}
