using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Webhooks.Api.Authentication;
using Webhooks.Api.Tests.Hosting;

namespace Webhooks.Api.Tests.OpenApi;

public sealed partial class OpenApiTests(SharedApi api)
{
    [Fact]
    public async Task The_document_has_every_mapped_operation_under_its_name()
    {
        var document = await ReadAsync();
        var mapped = api.Server.Services.GetRequiredService<EndpointDataSource>().Endpoints
            .OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.StartsWith("/api/", StringComparison.Ordinal))
            .Select(endpoint => (
                Method: endpoint.Metadata.GetRequiredMetadata<IHttpMethodMetadata>().HttpMethods[0],
                Path: endpoint.RoutePattern.RawText!.TrimEnd('/'),
                Name: endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName))
            .ToArray();

        Assert.NotEmpty(mapped);
        Assert.Equal(
            mapped.Select(endpoint => $"{endpoint.Method} {endpoint.Path} {endpoint.Name}").Order(StringComparer.Ordinal),
            OperationsOf(document).Select(operation => $"{operation.Method} {operation.Path} {operation.Id}")
                .Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_operation_says_what_it_does_what_it_needs_and_how_it_can_fail()
    {
        var document = await ReadAsync();

        foreach (var (_, _, id, operation) in OperationsOf(document))
        {
            Assert.NotEmpty(operation.GetProperty("summary").GetString()!);
            var scopes = operation.GetProperty("security").EnumerateArray().Single().GetProperty("bearer");

            // The portal asks what its token may do, whatever that is.
            Assert.Equal(id == "GetPortalSession" ? 0 : 1, scopes.GetArrayLength());
            var answers = operation.GetProperty("responses");
            foreach (var status in (string[])["400", "401", "403", "429", "500", "503"])
            {
                Assert.True(answers.TryGetProperty(status, out var answer), $"{id} does not document {status}.");
                Assert.True(answer.GetProperty("content").TryGetProperty("application/problem+json", out _));
            }

            Assert.All(answers.EnumerateObject(), answer => Assert.NotEmpty(answer.Value.GetProperty("description").GetString()!));
            Assert.All(Parameters(operation), parameter => Assert.NotEmpty(parameter.GetProperty("description").GetString()!));
            Assert.Equal(
                !scopes.EnumerateArray().Any(scope => scope.GetString() == Scopes.Admin),
                operation.GetProperty("parameters").EnumerateArray().Any(
                    parameter => parameter.TryGetProperty("$ref", out var shared)
                        && shared.GetString() == "#/components/parameters/Organization"));
        }
    }

    [Theory]
    [InlineData("CreateWebhook", "201 400 401 403 409 413 415 422 429 500 503")]
    [InlineData("ListWebhooks", "200 400 401 403 429 500 503")]
    [InlineData("GetWebhook", "200 304 400 401 403 404 429 500 503")]
    [InlineData("UpdateWebhook", "200 400 401 403 404 412 413 415 429 500 503")]
    [InlineData("DeleteWebhook", "204 400 401 403 404 412 429 500 503")]
    [InlineData("TestWebhook", "200 400 401 403 404 409 413 415 429 500 503")]
    [InlineData("PullDeliveries", "200 400 401 403 404 409 413 415 429 500 503")]
    [InlineData("ReportPulled", "200 400 401 403 404 413 415 429 500 503")]
    [InlineData("TestFilter", "200 400 401 403 413 415 429 500 503")]
    [InlineData("TestTransform", "200 400 401 403 413 415 429 500 503")]
    [InlineData("RotateSecret", "200 400 401 403 404 409 413 415 422 429 500 503")]
    [InlineData("PromoteSecret", "200 400 401 403 404 409 429 500 503")]
    [InlineData("EndSecretOverlap", "204 400 401 403 404 429 500 503")]
    [InlineData("ListDeliveries", "200 400 401 403 404 429 500 503")]
    [InlineData("GetDelivery", "200 400 401 403 404 429 500 503")]
    [InlineData("GetDeliveryRequest", "200 400 401 403 404 409 429 500 503")]
    [InlineData("Redeliver", "202 400 401 403 404 409 422 429 500 503")]
    [InlineData("RedactDelivery", "200 400 401 403 404 429 500 503")]
    [InlineData("CancelDelivery", "202 400 401 403 404 409 429 500 503")]
    [InlineData("CancelDeliveries", "202 400 401 403 404 413 415 429 500 503")]
    [InlineData("CreateRecovery", "200 202 400 401 403 404 409 413 415 422 429 500 503")]
    [InlineData("ListRecoveries", "200 400 401 403 404 429 500 503")]
    [InlineData("GetRecovery", "200 400 401 403 404 429 500 503")]
    [InlineData("PauseRecovery", "200 400 401 403 404 409 429 500 503")]
    [InlineData("ResumeRecovery", "200 400 401 403 404 409 429 500 503")]
    [InlineData("CancelRecovery", "200 400 401 403 404 409 429 500 503")]
    [InlineData("ListAllDeliveries", "200 400 401 403 429 500 503")]
    [InlineData("ListEvents", "200 400 401 403 429 500 503")]
    [InlineData("GetEvent", "200 400 401 403 404 429 500 503")]
    [InlineData("ExplainWebhook", "200 400 401 403 404 429 500 503")]
    [InlineData("GetStatistics", "200 400 401 403 429 500 503")]
    [InlineData("GetWebhookStatistics", "200 400 401 403 404 429 500 503")]
    [InlineData("GetBacklog", "200 400 401 403 429 500 503")]
    [InlineData("ListAvailableEvents", "200 400 401 403 429 500 503")]
    [InlineData("CreateApiKey", "201 400 401 403 409 413 415 422 429 500 503")]
    [InlineData("ListApiKeys", "200 400 401 403 429 500 503")]
    [InlineData("GetApiKey", "200 400 401 403 404 429 500 503")]
    [InlineData("RevokeApiKey", "204 400 401 403 404 429 500 503")]
    [InlineData("CreatePortalSession", "201 400 401 403 404 409 413 415 429 500 503")]
    [InlineData("ListPortalSessions", "200 400 401 403 429 500 503")]
    [InlineData("RevokePortalSession", "204 400 401 403 404 429 500 503")]
    [InlineData("GetPortalSession", "200 400 401 403 429 500 503")]
    [InlineData("PublishEvents", "202 400 401 403 409 413 415 429 500 503")]
    [InlineData("ListEventTypes", "200 400 401 403 429 500 503")]
    [InlineData("GetEventType", "200 400 401 403 404 429 500 503")]
    [InlineData("CreateEventType", "201 400 401 403 409 413 415 429 500 503")]
    [InlineData("UpdateEventType", "200 400 401 403 404 413 415 429 500 503")]
    [InlineData("DeleteEventType", "204 400 401 403 404 409 429 500 503")]
    [InlineData("ImportEventTypes", "200 400 401 403 413 415 429 500 503")]
    public async Task An_operation_documents_exactly_its_answers(string id, string statuses)
    {
        var operation = await OperationAsync(id);

        Assert.Equal(statuses, string.Join(
            ' ', operation.GetProperty("responses").EnumerateObject().Select(answer => answer.Name).Order(StringComparer.Ordinal)));
    }

    [Theory]
    [InlineData("ListWebhooks", "active event url limit cursor")]
    [InlineData("ListDeliveries", "id status event response_status from to order limit cursor")]
    [InlineData("GetDelivery", "id delivery_id")]
    [InlineData("GetDeliveryRequest", "id delivery_id attempt")]
    [InlineData("ListAllDeliveries", "id status event response_status from to limit cursor")]
    [InlineData("ListEvents", "status event response_status from to limit cursor")]
    [InlineData("GetEvent", "event_id")]
    [InlineData("ExplainWebhook", "id event_id")]
    [InlineData("GetStatistics", "from to interval group_by webhook_ids")]
    [InlineData("CreatePortalSession", "")]
    [InlineData("ListPortalSessions", "limit cursor")]
    [InlineData("RevokePortalSession", "session_id")]
    [InlineData("GetWebhookStatistics", "id from to interval group_by")]
    [InlineData("PublishEvents", "")]
    [InlineData("CreateApiKey", "Idempotency-Key")]
    [InlineData("ListApiKeys", "limit cursor")]
    [InlineData("RevokeApiKey", "key_id")]
    [InlineData("Redeliver", "id delivery_id Idempotency-Key")]
    [InlineData("CreateRecovery", "id Idempotency-Key")]
    [InlineData("PauseRecovery", "id recovery_id")]
    [InlineData("CreateWebhook", "Idempotency-Key")]
    [InlineData("GetWebhook", "id If-None-Match")]
    [InlineData("UpdateWebhook", "id If-Match")]
    [InlineData("DeleteWebhook", "id If-Match")]
    [InlineData("RotateSecret", "id Idempotency-Key")]
    public async Task An_operation_documents_its_parameters(string id, string names)
    {
        var operation = await OperationAsync(id);

        Assert.Equal(names, string.Join(' ', Parameters(operation).Select(parameter => parameter.GetProperty("name").GetString())));
    }

    [Theory]
    [InlineData("CreateWebhook", "201", "ETag Location X-Request-Id")]
    [InlineData("GetWebhook", "200", "ETag X-Request-Id")]
    [InlineData("GetWebhook", "304", "ETag X-Request-Id")]
    [InlineData("UpdateWebhook", "200", "ETag X-Request-Id")]
    [InlineData("UpdateWebhook", "412", "ETag X-Request-Id")]
    [InlineData("PromoteSecret", "200", "ETag X-Request-Id")]
    [InlineData("TestWebhook", "429", "Retry-After X-Request-Id")]
    public async Task An_answer_documents_its_headers(string id, string status, string names)
    {
        var answer = (await OperationAsync(id)).GetProperty("responses").GetProperty(status);

        Assert.Equal(names, string.Join(
            ' ', answer.GetProperty("headers").EnumerateObject().Select(header => header.Name).Order(StringComparer.Ordinal)));
    }

    [Theory]
    [InlineData(
        "CreateWebhook",
        "CreateWebhook",
        "active description events filter headers keep_skipped metadata mode payload_format retry_delays timeout_seconds transform url",
        "events")]
    [InlineData(
        "UpdateWebhook",
        "UpdateWebhook",
        "active description events filter headers keep_skipped metadata mode payload_format retry_delays timeout_seconds transform url",
        "")]
    [InlineData("TestWebhook", "TestWebhook", "data event", "")]
    [InlineData("PullDeliveries", "PullDeliveries", "limit wait_seconds", "")]
    [InlineData("RotateSecret", "RotateSecret", "force overlap_seconds", "")]
    [InlineData("CancelDeliveries", "CancelDeliveries", "created_before", "created_before")]
    [InlineData("CreateRecovery", "CreateRecovery", "dry_run events from rate response_status statuses to", "from statuses to")]
    [InlineData("CreateApiKey", "CreateApiKey", "expires_at name scopes", "name scopes")]
    [InlineData("CreatePortalSession", "CreatePortalSession", "expires_in_seconds read_only webhook_id", "")]
    [InlineData("UpdateOrganization", "UpdateOrganization", "frame_ancestors max_webhooks name publish_rate refresh_url", "")]
    [InlineData(
        "CreateEventType", "CreateEventType", "archived category description name sample schema validate", "category description name")]
    [InlineData("UpdateEventType", "UpdateEventType", "archived category description sample schema validate", "")]
    [InlineData("PublishEvents", "PublishEvent", "data deliver_at event id ordering_key org_id timestamp traceparent", "data event")]
    public async Task A_body_is_documented_with_its_fields_and_an_example(string id, string schemaName, string fields, string required)
    {
        var document = await ReadAsync();
        var body = (await OperationAsync(id)).GetProperty("requestBody").GetProperty("content").GetProperty("application/json");

        Assert.Contains($"#/components/schemas/{schemaName}\"", body.GetProperty("schema").GetRawText(), StringComparison.Ordinal);
        var schema = document.GetProperty("components").GetProperty("schemas").GetProperty(schemaName);
        Assert.Equal(fields, string.Join(
            ' ', schema.GetProperty("properties").EnumerateObject().Select(field => field.Name).Order(StringComparer.Ordinal)));
        var needed = schema.TryGetProperty("required", out var names) ? names.EnumerateArray().Select(name => name.GetString()) : [];
        Assert.Equal(required, string.Join(' ', needed.Order(StringComparer.Ordinal)));
        Assert.All(body.GetProperty("example").EnumerateObject(), field => Assert.Contains(field.Name, fields, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("CreateWebhook", "POST", "/api/v1/webhooks", HttpStatusCode.Created)]
    [InlineData("UpdateWebhook", "PATCH", "/api/v1/webhooks/{id}", HttpStatusCode.OK)]
    [InlineData("TestWebhook", "POST", "/api/v1/webhooks/{id}/test", HttpStatusCode.OK)]
    [InlineData("RotateSecret", "POST", "/api/v1/webhooks/{id}/secret/rotate", HttpStatusCode.OK)]
    [InlineData("CancelDeliveries", "POST", "/api/v1/webhooks/{id}/deliveries/cancel", HttpStatusCode.Accepted)]
    [InlineData("CreateApiKey", "POST", "/api/v1/api-keys", HttpStatusCode.Created)]
    [InlineData("CreatePortalSession", "POST", "/api/v1/portal/sessions", HttpStatusCode.Created)]
    [InlineData("PublishEvents", "POST", "/api/v1/events", HttpStatusCode.Accepted)]
    public async Task The_documented_example_works(string id, string method, string path, HttpStatusCode status)
    {
        using var client = api.Server.ForNewOrganization();
        var webhook = await client.CreateWebhookAsync("http://127.0.0.1:1024/");
        var example = (await OperationAsync(id)).GetProperty("requestBody").GetProperty("content").GetProperty("application/json")
            .GetProperty("example");

        var answer = await client.CallAsync(
            new HttpMethod(method), path.Replace("{id}", webhook.ToString(), StringComparison.Ordinal), example.GetRawText());

        answer.MustBe(status);
    }

    [Theory]
    [InlineData(
        "Webhook",
        "active created_at description disabled_at disabled_reason events filter headers health id keep_skipped metadata mode org_id "
            + "payload_format previous_secret_expires_at retry_delays secret_hint timeout_seconds transform updated_at url")]
    [InlineData("WebhookHealth", "circuit consecutive_failures failing_since last_failure_at last_success_at paused_by paused_until state")]
    [InlineData("Hold", "by until")]
    [InlineData(
        "CreatedWebhook",
        "active created_at description disabled_at disabled_reason events filter headers health id keep_skipped metadata mode org_id "
            + "payload_format previous_secret_expires_at retry_delays secret secret_hint timeout_seconds transform updated_at url")]
    [InlineData("PulledDeliveries", "deliveries")]
    [InlineData("PulledDelivery", "attempt body headers id lease_token lease_until")]
    [InlineData("ReportedResults", "results")]
    [InlineData("ReportedResult", "id problem recorded status")]
    [InlineData("RotatedSecret", "previous_secret_expires_at secret")]
    [InlineData("CanceledDeliveries", "canceled complete under_way")]
    [InlineData(
        "Recovery",
        "created_at done events failed finished_at from id rate reason redelivered response_status state statuses to total webhook_id")]
    [InlineData("RecoveryPreview", "by_event complete count newest oldest")]
    [InlineData("ApiKey", "created_at expires_at id last_used_at made_by name org_id prefix scopes")]
    [InlineData("CreatedApiKey", "created_at expires_at id key last_used_at made_by name org_id prefix scopes")]
    [InlineData("PortalSession", "created_at created_by expires_at id read_only revoked_at webhook_id")]
    [InlineData("CreatedPortalSession", "created_at created_by expires_at id read_only revoked_at url webhook_id")]
    [InlineData("PortalAccess", "expires_at kind org_id organization_name read_only scopes webhook_id")]
    [InlineData("PublishedEvent", "deliveries event id org_id")]
    [InlineData("Event", "created_at deliveries event id test")]
    [InlineData("EventDetail", "created_at data deliver_at deliveries event id ordering_key test timestamp")]
    public async Task Answers_are_documented_in_snake_case(string schemaName, string fields)
    {
        var document = await ReadAsync();

        var schema = document.GetProperty("components").GetProperty("schemas").GetProperty(schemaName);

        Assert.Equal(fields, string.Join(
            ' ', schema.GetProperty("properties").EnumerateObject().Select(field => field.Name).Order(StringComparer.Ordinal)));
        Assert.All(schema.GetProperty("properties").EnumerateObject(), field => Assert.NotEmpty(DescriptionOf(field.Value)));

        // What may be null beside a type of its own is described with that type.
        static string DescriptionOf(JsonElement field) =>
            (field.TryGetProperty("oneOf", out var alternatives) ? alternatives[1] : field).GetProperty("description").GetString()!;
    }

    [Fact]
    public async Task The_header_of_operators_is_documented_once()
    {
        var parameters = (await ReadAsync()).GetProperty("components").GetProperty("parameters");

        var parameter = parameters.GetProperty("Organization");

        Assert.Equal("Webhooks-Organization", parameter.GetProperty("name").GetString());
        Assert.Equal("header", parameter.GetProperty("in").GetString());
        Assert.NotEmpty(parameter.GetProperty("description").GetString()!);
    }

    [Fact]
    public async Task Every_type_of_problem_is_documented()
    {
        var description = (await ReadAsync()).GetProperty("info").GetProperty("description").GetString();
        using var client = api.Server.ForNewOrganization();

        Answer[] problems = [await client.Get("/api/v1/nowhere"), await client.Post(Calls.Webhooks, "{"), await client.Post(
            Calls.Webhooks, "{}")];

        Assert.All(problems, problem => Assert.Contains($"`{problem["type"].GetString()}`", description, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_reference_leads_to_a_schema_of_the_document()
    {
        var document = await ReadAsync();
        var schemas = document.GetProperty("components").GetProperty("schemas").EnumerateObject().Select(schema => schema.Name).ToHashSet();

        var references = document.GetRawText().Split("#/components/schemas/").Skip(1).Select(
            rest => rest[..rest.IndexOf('"', StringComparison.Ordinal)]);

        Assert.All(references, name => Assert.Contains(name, schemas));
    }

    [Fact]
    public async Task A_published_event_and_a_published_list_are_both_documented()
    {
        var accepted = (await OperationAsync("PublishEvents")).GetProperty("responses").GetProperty("202");

        var schema = accepted.GetProperty("content").GetProperty("application/json").GetProperty("schema");

        Assert.Equal(
            ["#/components/schemas/PublishedEvent", "#/components/schemas/PublishedEvents"],
            schema.GetProperty("oneOf").EnumerateArray().Select(choice => choice.GetProperty("$ref").GetString()));
    }

    [Fact]
    public async Task A_status_is_documented_with_its_values()
    {
        var status = Parameters(await OperationAsync("ListDeliveries")).Single(
            parameter => parameter.GetProperty("name").GetString() == "status");

        Assert.Equal(
            """["pending","succeeded","failed","canceled","skipped"]""",
            JsonSerializer.Serialize(status.GetProperty("schema").GetProperty("enum")));
    }

    [Fact]
    public async Task The_reference_page_works_without_internet()
    {
        using var client = api.Server.Anonymous();

        var page = (await client.Get("/docs/")).MustBe(HttpStatusCode.OK);

        Assert.Equal("text/html", page.MediaType);
        Assert.DoesNotContain("https://", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("http://", page.Text, StringComparison.Ordinal);
        Assert.Contains("openapi/v1.json", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_reference_page_runs_its_own_scripts_only_and_cannot_be_framed()
    {
        using var client = api.Server.Anonymous();

        var page = (await client.Get("/docs/")).MustBe(HttpStatusCode.OK);
        var again = await client.Get("/docs/");

        var policy = Policy(page);
        var nonce = Nonce().Match(policy).Groups[1].Value;
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("http", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe-eval", policy, StringComparison.Ordinal);
        Assert.NotEqual(nonce, Nonce().Match(Policy(again)).Groups[1].Value);
        Assert.All(page.Text.Split("<script").Skip(1), script => Assert.Contains($"nonce=\"{nonce}\"", script, StringComparison.Ordinal));
        Assert.Equal(["no-referrer"], page.Headers.GetValues("Referrer-Policy"));
    }

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/api/v1/webhooks")]
    [InlineData("/api/v1/nowhere")]
    public async Task Nothing_may_keep_an_answer_or_guess_what_it_is_also_when_it_is_an_error(string path)
    {
        using var client = api.Server.ForNewOrganization();

        foreach (var answer in (Answer[])[await client.Get(path), await client.Post(path, "{")])
        {
            Assert.Equal(["nosniff"], answer.Headers.GetValues("X-Content-Type-Options"));
            Assert.Equal(["no-referrer"], answer.Headers.GetValues("Referrer-Policy"));
            Assert.Equal("default-src 'none'; frame-ancestors 'none'", Policy(answer));
            Assert.False(answer.Headers.Contains("Strict-Transport-Security"));
            Assert.Contains("no-store", answer.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        }
    }

    private static string Policy(Answer answer) => Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));

    [GeneratedRegex("'nonce-([0-9A-F]{32})'")]
    private static partial Regex Nonce();

    private async Task<JsonElement> ReadAsync()
    {
        using var client = api.Server.Anonymous();
        return (await client.Get("/openapi/v1.json")).MustBe(HttpStatusCode.OK).Json;
    }

    private async Task<JsonElement> OperationAsync(string id) =>
        OperationsOf(await ReadAsync()).Single(operation => operation.Id == id).Operation;

    /// <summary>An operation's own parameters, without the one that all have.</summary>
    private static IEnumerable<JsonElement> Parameters(JsonElement operation) =>
        operation.GetProperty("parameters").EnumerateArray().Where(parameter => !parameter.TryGetProperty("$ref", out _));

    private static IEnumerable<(string Method, string Path, string Id, JsonElement Operation)> OperationsOf(JsonElement document) =>
        from path in document.GetProperty("paths").EnumerateObject()
        from operation in path.Value.EnumerateObject()
        select (operation.Name.ToUpperInvariant(), path.Name.TrimEnd('/'), operation.Value.GetProperty("operationId").GetString()!,
            operation.Value);
}
