using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Webhooks.Api.Authentication;
using Webhooks.Api.Tests.Hosting;
using Webhooks.Core.EventTypes;
using Webhooks.Testing;

namespace Webhooks.Api.Tests.EventTypes;

/// <summary>Event types are everybody's, so these tests have a database of their own.</summary>
public sealed class EventTypeTests : IAsyncLifetime
{
    private const string EventTypes = "/api/v1/event-types";
    private const string Available = "/api/v1/webhooks/events/available";

    private const string Shipped = """
        {"name":"order.shipped","category":"Order","description":"An order left.","sample":{"id":"ord_1","parcels":2},
         "schema":{"type":"object","required":["id"],"properties":{"parcels":{"type":"integer","minimum":1}}},"validate":true}
        """;

    private TestDatabase _database = null!;
    private ApiServer _server = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateMigratedAsync();
        _server = await ApiServer.StartAsync(_database.ConnectionString);
        _client = _server.For(
            Guid.NewGuid(), Scopes.ReadWebhooks, Scopes.WriteWebhooks, Scopes.PublishEvents, Scopes.WriteEventTypes);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task The_30_that_every_installation_has_are_listed_and_cannot_be_deleted()
    {
        var listed = (await _client.Get(EventTypes)).MustBe(HttpStatusCode.OK);
        var refused = await _client.Delete($"{EventTypes}/user.created");

        Assert.Equal(30, listed.Data.Count);
        Assert.All(listed.Data, type => Assert.True(type.GetProperty("built_in").GetBoolean()));
        Assert.Equal("user.created", listed.Data[0].GetProperty("name").GetString());
        refused.MustBeProblem(HttpStatusCode.Conflict, "event-type-kept");
        (await _client.Get($"{EventTypes}/user.created")).MustBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_test_is_held_to_the_schema_as_an_event_that_is_published()
    {
        await using var receiver = await Receiver.StartAsync();
        (await _client.Post(EventTypes, Shipped)).MustBe(HttpStatusCode.Created);
        var test = $"{Calls.Webhooks}/{await _client.CreateWebhookAsync(receiver.Url, "*")}/test";

        var refused = await _client.Post(test, """{"event":"order.shipped","data":{"id":"ord_1","parcels":0}}""");
        var sent = await _client.Post(test, """{"event":"order.shipped","data":{"id":"ord_1","parcels":1}}""");

        refused.MustRefuse("data.parcels");
        sent.MustBe(HttpStatusCode.OK);
        Assert.Single(receiver.Requests);
    }

    [Fact]
    public async Task A_type_that_was_made_is_shown_offered_listed_by_webhooks_and_published()
    {
        var made = (await _client.Post(EventTypes, Shipped)).MustBe(HttpStatusCode.Created);
        var webhook = await _client.CreateWebhookAsync(events: "order.*");
        var named = await _client.CreateWebhookAsync(events: "order.shipped");

        Assert.Equal($"{EventTypes}/order.shipped", made.Headers.Location?.OriginalString);
        Assert.Equal(made.Text, (await _client.Get($"{EventTypes}/order.shipped")).MustBe(HttpStatusCode.OK).Text);
        Assert.False(made["built_in"].GetBoolean());
        Assert.Equal("""{"id":"ord_1","parcels":2}""", made["sample"].GetRawText());
        Assert.Contains("order.shipped", await OfferedAsync());
        var published = (await _client.Post("/api/v1/events", """{"event":"order.shipped","data":{"id":"ord_2"}}"""))
            .MustBe(HttpStatusCode.Accepted);
        Assert.Equal(2, published["deliveries"].GetInt32());
        Assert.NotEqual(webhook, named);
    }

    [Fact]
    public async Task Another_process_knows_of_a_type_within_a_second()
    {
        await using var other = await ApiServer.StartAsync(_database.ConnectionString);
        using var publisher = other.For(Guid.NewGuid(), Scopes.PublishEvents);
        (await publisher.Post("/api/v1/events", """{"event":"order.shipped","data":{"id":"1"}}""")).MustRefuse("event");

        (await _client.Post(EventTypes, Shipped)).MustBe(HttpStatusCode.Created);
        await Task.Delay(KnownEventTypes.Validity, TestContext.Current.CancellationToken);

        (await publisher.Post("/api/v1/events", """{"event":"order.shipped","data":{"id":"1"}}""")).MustBe(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task Data_that_does_not_fit_a_validated_schema_is_refused_with_its_paths_and_without_validation_accepted()
    {
        const string Wrong = """{"event":"order.shipped","data":{"parcels":0}}""";
        await _client.Post(EventTypes, Shipped);

        (await _client.Post("/api/v1/events", Wrong)).MustRefuse("data", "data.parcels");
        (await _client.Post("/api/v1/events", $"[{Wrong}]")).MustRefuse("[0].data", "[0].data.parcels");
        (await _client.Patch($"{EventTypes}/order.shipped", """{"validate":false}""")).MustBe(HttpStatusCode.OK);
        (await _client.Post("/api/v1/events", Wrong)).MustBe(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task An_archived_type_is_no_longer_offered_and_still_delivered()
    {
        await _client.CreateWebhookAsync(events: "user.login");

        (await _client.Patch($"{EventTypes}/user.login", """{"archived":true}""")).MustBe(HttpStatusCode.OK);

        Assert.DoesNotContain("user.login", await OfferedAsync());
        var published = (await _client.Post("/api/v1/events", """{"event":"user.login","data":{}}""")).MustBe(HttpStatusCode.Accepted);
        Assert.Equal(1, published["deliveries"].GetInt32());
        Assert.Single((await _client.Get($"{EventTypes}?archived=true")).Data);
        Assert.DoesNotContain(
            "user.login", (await _client.Post("/api/v1/events", """{"event":"user.logn","data":{}}""")).Errors("event")[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_type_names_the_nearest_also_of_those_that_were_made()
    {
        await _client.Post(EventTypes, Shipped);

        var refused = (await _client.Post("/api/v1/events", """{"event":"order.shiped","data":{}}""")).MustRefuse("event");

        Assert.Contains("Did you mean order.shipped?", refused.Errors("event")[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_type_is_deleted_when_no_webhook_lists_it()
    {
        await _client.Post(EventTypes, Shipped);
        var webhook = await _client.CreateWebhookAsync(events: "order.shipped");

        (await _client.Delete($"{EventTypes}/order.shipped")).MustBeProblem(HttpStatusCode.Conflict, "event-type-kept");
        await _client.Delete($"{Calls.Webhooks}/{webhook}");
        (await _client.Delete($"{EventTypes}/order.shipped")).MustBe(HttpStatusCode.NoContent);

        (await _client.Delete($"{EventTypes}/order.shipped")).MustBeProblem(HttpStatusCode.NotFound, "not-found");
        (await _client.Post("/api/v1/events", """{"event":"order.shipped","data":{"id":"1"}}""")).MustRefuse("event");
    }

    [Fact]
    public async Task A_name_is_given_once()
    {
        await _client.Post(EventTypes, Shipped);

        (await _client.Post(EventTypes, Shipped)).MustBeProblem(HttpStatusCode.Conflict, "event-type-exists");
        (await _client.Post(EventTypes, Shipped.Replace("order.shipped", "user.created", StringComparison.Ordinal)))
            .MustBeProblem(HttpStatusCode.Conflict, "event-type-exists");
    }

    [Fact]
    public async Task A_schema_can_be_taken_away_and_then_nothing_is_validated()
    {
        await _client.Post(EventTypes, Shipped);

        var changed = (await _client.Patch($"{EventTypes}/order.shipped", """{"schema":null}""")).MustBe(HttpStatusCode.OK);

        Assert.Equal(JsonValueKind.Null, changed["schema"].ValueKind);
        Assert.False(changed["validate"].GetBoolean());
        (await _client.Post("/api/v1/events", """{"event":"order.shipped","data":{}}""")).MustBe(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task Only_who_may_write_event_types_changes_them()
    {
        using var client = _server.For(Guid.NewGuid(), Scopes.ReadWebhooks, Scopes.WriteWebhooks, Scopes.PublishEvents);

        (await client.Post(EventTypes, Shipped)).MustBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await client.Patch($"{EventTypes}/user.created", "{}")).MustBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await client.Get(EventTypes)).MustBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Who_writes_event_types_needs_no_organization()
    {
        using var client = _server.ForNoOrganization(Scopes.WriteEventTypes);
        using var admin = _server.ForNoOrganization(Scopes.Admin);

        (await client.Post(EventTypes, Shipped)).MustBe(HttpStatusCode.Created);
        (await admin.Patch($"{EventTypes}/order.shipped", "{}")).MustBe(HttpStatusCode.OK);
        (await client.Get("/api/v1/webhooks")).MustBeProblem(HttpStatusCode.Forbidden, "forbidden");
    }

    [Fact]
    public async Task Types_that_are_changed_and_deleted_at_the_same_time_are_changed_one_after_the_other()
    {
        var tasks = Enumerable.Range(0, 24).Select(async number =>
        {
            await _client.Post(EventTypes, Shipped);
            var answer = number % 2 == 0
                ? await _client.Patch($"{EventTypes}/order.shipped", $$"""{"description":"{{number}}"}""")
                : await _client.Delete($"{EventTypes}/order.shipped");
            return answer.Status;
        });

        Assert.All(
            await Task.WhenAll(tasks),
            status => Assert.Contains(
                status, (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.NoContent, HttpStatusCode.NotFound]));
    }

    [Fact]
    public async Task A_test_is_sent_also_when_every_type_is_archived()
    {
        var webhook = await _client.CreateWebhookAsync(events: "*");
        await using (var archiving = _database.DataSource.CreateCommand("UPDATE event_types SET archived = true"))
        {
            await archiving.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        await Eventually.HoldsAsync(
            async () => (await OfferedAsync()).Count == 0, () => "Types are offered still.", TestContext.Current.CancellationToken);

        (await _client.Post($"{Calls.Webhooks}/{webhook}/test", "{}")).MustBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Changes_are_audited_as_those_of_the_organization_that_nobody_is()
    {
        await _client.Post(EventTypes, Shipped);
        await _client.Patch($"{EventTypes}/order.shipped", """{"archived":true}""");
        await _client.Patch($"{EventTypes}/order.shipped", """{"archived":true}""");
        await _client.Delete($"{EventTypes}/order.shipped");

        await using var command = _database.DataSource.CreateCommand(
            """
            SELECT string_agg(action || ' ' || actor_kind || ' ' || resource_id, ',' ORDER BY id) FROM audit_entries
            WHERE org_id = '00000000-0000-0000-0000-000000000000'
            """);

        Assert.Equal(
            "event_type.created user order.shipped,event_type.updated user order.shipped,event_type.deleted user order.shipped",
            await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
        Assert.Empty((await _client.Get("/api/v1/audit")).Data);
        using var admin = _server.ForNoOrganization(Scopes.Admin);
        admin.DefaultRequestHeaders.Add("Webhooks-Organization", Guid.Empty.ToString());
        Assert.Equal(
            ["event_type.deleted", "event_type.updated", "event_type.created"],
            (await admin.Get("/api/v1/audit")).MustBe(HttpStatusCode.OK).Data.Select(entry => entry.GetProperty("action").GetString()));
        (await admin.Get(Calls.Webhooks)).MustRefuse("Webhooks-Organization");
    }

    [Fact]
    public async Task Importing_a_list_makes_changes_and_leaves_all_or_nothing()
    {
        await _client.Post(EventTypes, Shipped);
        const string Document = """
            {"event_types":[
              {"name":"order.shipped","category":"Order","description":"An order left.","archived":true},
              {"name":"order.placed","category":"Order","description":"An order was made."}]}
            """;

        var first = (await _client.Post($"{EventTypes}/import", Document)).MustBe(HttpStatusCode.OK);
        var again = (await _client.Post($"{EventTypes}/import", Document)).MustBe(HttpStatusCode.OK);
        var wrong = await _client.Post($"{EventTypes}/import", """
            {"event_types":[{"name":"order.paid","category":"Order","description":"x"},{"name":"Order","category":"Order","description":"x"},
             {"name":"order.paid","category":"Order","description":"x"}]}
            """);

        Assert.Equal("""{"created":["order.placed"],"updated":["order.shipped"],"unchanged":[]}""", first.Text);
        Assert.Equal("""{"created":[],"updated":[],"unchanged":["order.shipped","order.placed"]}""", again.Text);
        Assert.True((await _client.Get($"{EventTypes}/order.shipped"))["validate"].GetBoolean());
        wrong.MustRefuse("event_types[2].name");
        (await _client.Get($"{EventTypes}/order.paid")).MustBeProblem(HttpStatusCode.NotFound, "not-found");
        (await _client.Post($"{EventTypes}/import", """
            {"event_types":[{"name":"order.paid","category":"Order","description":"x"},{"name":"Order","category":"Order","description":"x"}]}
            """)).MustRefuse("event_types[1].name");
        (await _client.Get($"{EventTypes}/order.paid")).MustBeProblem(HttpStatusCode.NotFound, "not-found");
    }

    [Fact]
    public async Task Importing_an_openapi_document_takes_its_webhooks_with_what_they_refer_to()
    {
        const string Document = """
            {"openapi":"3.1.0","info":{"title":"Shop","version":"1"},
             "webhooks":{
               "order.placed":{"post":{"tags":["Order"],"summary":"An order was made.","requestBody":{"content":{"application/json":{
                 "schema":{"allOf":[{"$ref":"#/components/schemas/Payload"},
                   {"properties":{"data":{"$ref":"#/components/schemas/Order"}}}]},
                 "example":{"event":"order.placed","data":{"id":"ord_1","lines":[{"sku":"a"}]}}}}}}},
               "order.lost":{"$ref":"#/components/pathItems/Lost"}},
             "components":{
               "pathItems":{"Lost":{"post":{"description":"An order cannot be found.","requestBody":{"content":{"application/json":{
                 "schema":{"type":"object"},"examples":{"one":{"value":{"id":"ord_1"}}}}}}}}},
               "schemas":{
                 "Payload":{"type":"object","properties":{"event":{"type":"string"}}},
                 "Order":{"type":"object","required":["id"],"properties":{"lines":{"items":{"$ref":"#/components/schemas/Line"}}}},
                 "Line":{"required":["sku"],"properties":{"parent":{"$ref":"#/components/schemas/Order"}}}}}}
            """;

        var imported = (await _client.Post($"{EventTypes}/import", Document)).MustBe(HttpStatusCode.OK);
        await _client.Patch($"{EventTypes}/order.placed", """{"validate":true}""");
        var placed = await _client.Get($"{EventTypes}/order.placed");
        var lost = await _client.Get($"{EventTypes}/order.lost");
        var refused = await _client.Post("/api/v1/events", """{"event":"order.placed","data":{"id":"1","lines":[{}]}}""");

        Assert.Equal("""{"created":["order.placed","order.lost"],"updated":[],"unchanged":[]}""", imported.Text);
        Assert.Equal("Order", placed["category"].GetString());
        Assert.Equal("An order was made.", placed["description"].GetString());
        Assert.Equal("""{"id":"ord_1","lines":[{"sku":"a"}]}""", placed["sample"].GetRawText());
        Assert.Equal("An order cannot be found.", lost["description"].GetString());
        Assert.Equal("""{"id":"ord_1"}""", lost["sample"].GetRawText());
        refused.MustRefuse("data.lines[0]");
    }

    [Fact]
    public async Task The_document_of_this_api_can_be_imported_but_for_what_tells_of_webhooks()
    {
        using var anonymous = _server.Anonymous();
        var document = JsonNode.Parse((await anonymous.Get("/openapi/v1.json")).Text)!;
        var webhooks = document["webhooks"]!.AsObject();
        foreach (var operational in Core.Signals.OperationalEvents.All)
        {
            Assert.True(webhooks.Remove(operational.Name));
        }

        var imported = (await _client.Post($"{EventTypes}/import", document.ToJsonString())).MustBe(HttpStatusCode.OK);

        Assert.Equal(30, imported["updated"].GetArrayLength());
        Assert.Equal(0, imported["created"].GetArrayLength());
    }

    [Fact]
    public async Task There_are_no_more_types_than_there_may_be()
    {
        var many = string.Join(',', Enumerable.Range(0, EventTypeRules.MostTypes - 30).Select(
            number => $$"""{"name":"many.n{{number}}","category":"Many","description":""}"""));
        (await _client.Post($"{EventTypes}/import", $$"""{"event_types":[{{many}}]}""")).MustBe(HttpStatusCode.OK);

        (await _client.Post(EventTypes, Shipped)).MustRefuse("");
    }

    [Fact]
    public async Task A_hostile_schema_is_given_up_and_others_are_published_meanwhile()
    {
        (await _client.Post(EventTypes, """
            {"name":"hostile.one","category":"Hostile","description":"","validate":true,
             "schema":{"properties":{"u":{"allOf":[{"$ref":"#"},{"$ref":"#"}]}}}}
            """)).MustBe(HttpStatusCode.Created);
        var nested = string.Concat(Enumerable.Repeat("""{"u":""", 50)) + "1" + new string('}', 50);

        var hostile = _client.Post("/api/v1/events", $$"""{"event":"hostile.one","data":{{nested}}}""");
        (await _client.Post("/api/v1/events", """{"event":"user.created","data":{}}""")).MustBe(HttpStatusCode.Accepted);

        (await hostile).MustRefuse("data");
    }

    [Fact]
    public async Task The_document_lists_types_that_were_made()
    {
        await _client.Post(EventTypes, Shipped);
        using var anonymous = _server.Anonymous();

        Assert.True((await anonymous.Get("/openapi/v1.json"))["webhooks"].TryGetProperty("order.shipped", out _));
    }

    private async Task<IReadOnlyList<string?>> OfferedAsync() =>
    [
        .. (await _client.Get(Available)).Data
            .SelectMany(category => category.GetProperty("events").EnumerateArray())
            .Select(type => type.GetProperty("name").GetString()),
    ];
}
