using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Webhooks.Api.Tests.Hosting;

namespace Webhooks.Api.Tests.Portal;

/// <summary>A webhook with everything that there can be of it and its organization, which nobody else may see or change.</summary>
/// <param name="Owner">Who may.</param>
/// <param name="Ids">The ids by the names that paths, parameters and bodies have for them.</param>
/// <param name="Mark">A text that stands in all that its owner has written.</param>
internal sealed record Belongings(HttpClient Owner, IReadOnlyDictionary<string, Guid> Ids, string Mark)
{
    /// <summary>Makes them.</summary>
    /// <param name="owner">Who may do everything for the organization.</param>
    /// <param name="org">The organization.</param>
    /// <param name="eventType">The event type that the webhook wants, and nobody else's.</param>
    public static async Task<Belongings> MakeAsync(HttpClient owner, Guid org, string eventType)
    {
        var mark = $"mark{Guid.NewGuid():N}";
        var webhook = await owner.CreateWebhookAsync($"http://127.0.0.1:1024/{mark}", eventType);
        var published = await owner.PublishAsync(eventType, $$"""{"id":"{{mark}}"}""");
        var delivery = Assert.Single((await owner.Get($"{Calls.Webhooks}/{webhook}/deliveries")).Data).GetProperty("id").GetGuid();
        var recovery = (await owner.Post(
            $"{Calls.Webhooks}/{webhook}/recoveries",
            $$"""{"from":"{{DateTime.UtcNow.AddHours(-1):O}}","to":"{{DateTime.UtcNow:O}}","statuses":["failed"]}"""))
            .MustBe(HttpStatusCode.Accepted);
        var key = (await owner.Post("/api/v1/api-keys", $$"""{"name":"{{mark}}","scopes":["webhooks:read"]}"""))
            .MustBe(HttpStatusCode.Created);
        var session = (await owner.Post("/api/v1/portal/sessions", $$"""{"webhook_id":"{{webhook}}"}""")).MustBe(HttpStatusCode.Created);
        return new Belongings(
            owner,
            new Dictionary<string, Guid>
            {
                ["id"] = webhook,
                ["webhook_id"] = webhook,
                ["webhook_ids"] = webhook,
                ["delivery_id"] = delivery,
                ["event_id"] = published,
                ["recovery_id"] = recovery["id"].GetGuid(),
                ["key_id"] = key["id"].GetGuid(),
                ["session_id"] = session["id"].GetGuid(),
                ["org_id"] = org,
            },
            mark);
    }

    /// <summary>All that the owner sees of them.</summary>
    public async Task<string> ShowAsync()
    {
        var webhook = $"{Calls.Webhooks}/{Ids["id"]}";
        var shown = new List<string>();
        foreach (var path in (string[])
        [
            webhook, $"{webhook}/deliveries/{Ids["delivery_id"]}", $"{webhook}/deliveries", $"{webhook}/recoveries",
            $"/api/v1/events/{Ids["event_id"]}", $"/api/v1/api-keys/{Ids["key_id"]}", $"/api/v1/audit?webhook_id={Ids["id"]}",
        ])
        {
            shown.Add((await Owner.Get(path)).MustBe(HttpStatusCode.OK).Text);
        }

        var session = (await Owner.Get("/api/v1/portal/sessions?limit=100")).Data.Single(
            session => session.GetProperty("id").GetGuid() == Ids["session_id"]);
        return string.Join('\n', shown.Append(session.GetRawText()));
    }

    /// <summary>A body with these ids in every field that has the form of one.</summary>
    public string? Fill(JsonNode? example, IEnumerable<string> idFields)
    {
        if (example is not JsonObject body)
        {
            return example?.ToJsonString();
        }

        foreach (var field in idFields)
        {
            body[field] = Ids[field];
        }

        // Examples are of a day that is too long ago.
        if (body.ContainsKey("from") && body.ContainsKey("to"))
        {
            body["from"] = DateTime.UtcNow.AddHours(-1).ToString("O", CultureInfo.InvariantCulture);
            body["to"] = DateTime.UtcNow.ToString("O", CultureInfo.InvariantCulture);
        }

        return body.ToJsonString();
    }
}
