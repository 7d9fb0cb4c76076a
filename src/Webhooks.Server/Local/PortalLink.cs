using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Webhooks.Core.PortalSessions;

namespace Webhooks.Server.Local;

/// <summary>A link to the portal that is ready to open, for whoever started a local run.</summary>
internal static class PortalLink
{
    /// <summary>Makes a session of the token's organization, as long as one can be.</summary>
    /// <param name="url">Where the server listens.</param>
    /// <param name="tokenFile">The file with the token; null when an authority issues the tokens.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The session's link, or where the portal asks who one is.</returns>
    public static async Task<string> MakeAsync(string url, string? tokenFile, CancellationToken cancellationToken)
    {
        var portal = $"{url}/portal/";
        if (tokenFile is null)
        {
            return portal;
        }

        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var token = await File.ReadAllTextAsync(tokenFile, cancellationToken);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.Trim());
        try
        {
            using var answer = await client.PostAsJsonAsync(
                $"{url}/api/v1/portal/sessions",
                new JsonObject { ["expires_in_seconds"] = (int)NewPortalSession.Longest.TotalSeconds },
                cancellationToken);
            return answer.IsSuccessStatusCode
                ? (await answer.Content.ReadFromJsonAsync<JsonNode>(cancellationToken))!["url"]!.GetValue<string>()
                : portal;
        }
        catch (HttpRequestException)
        {
            return portal;
        }
    }
}
