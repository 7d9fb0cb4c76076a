using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using Webhooks.Api.Authentication;

namespace Webhooks.Load;

/// <summary>The creation of webhooks through the API.</summary>
internal static class WebhookCreation
{
    // A build from before filters and transforms refuses the fields, also when they are null.
    private static readonly JsonSerializerOptions _onlyWhatIsAsked = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <returns>The organizations' ids, in the order of the plan.</returns>
    /// <exception cref="HttpRequestException">A webhook was not created.</exception>
    public static async Task<Guid[]> RunAsync(Uri server, DevelopmentKey key, WebhookPlan plan)
    {
        using var client = new HttpClient { BaseAddress = server };
        var organizations = new Guid[plan.Organizations.Length];
        for (var index = 0; index < organizations.Length; index++)
        {
            organizations[index] = Guid.CreateVersion7();
            var token = key.CreateToken(organizations[index], [Scopes.WriteWebhooks], TimeSpan.FromMinutes(5));
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
            foreach (var url in plan.Organizations[index])
            {
                var webhook = new { url, events = (string[])["*"], filter = plan.Filter, transform = plan.Transform };
                using var answer = await client.PostAsJsonAsync("/api/v1/webhooks", webhook, _onlyWhatIsAsked);
                answer.EnsureSuccessStatusCode();
            }
        }

        return organizations;
    }
}
