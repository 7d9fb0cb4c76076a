using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Peers;

/// <summary>
/// A sender of deliveries, which does for each what every .NET sender does: signs the body, posts it, requires a 2xx answer.
/// </summary>
internal sealed class Sender(int connections)
{
    private const int BodyBytes = 1024;
    private const int WarmUpPosts = 1000;

    private static readonly byte[] _secret = "whsec_peer_benchmark_shared_secret"u8.ToArray();
    private static readonly MediaTypeHeaderValue _json = new("application/json");

    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        MaxConnectionsPerServer = connections,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(60),
        UseCookies = false,
        UseProxy = false,
        AllowAutoRedirect = false,
    })
    {
        Timeout = TimeSpan.FromSeconds(15),
    };

    /// <summary>The body of an event's deliveries.</summary>
    public static string BodyOf(int sequence)
    {
        var head = string.Create(
            CultureInfo.InvariantCulture, $"{{\"id\":\"evt_{sequence:D12}\",\"type\":\"order.updated\",\"data\":{{\"note\":\"");
        const string Tail = "\"}}";
        return head + new string('x', BodyBytes - head.Length - Tail.Length) + Tail;
    }

    /// <summary>Makes a delivery.</summary>
    /// <returns>The status of the answer.</returns>
    /// <exception cref="HttpRequestException">It is not 2xx.</exception>
    public async Task<int> PostAsync(string url, string body, long enqueuedAt = 0)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(bytes) };
        request.Content.Headers.ContentType = _json;
        request.Headers.TryAddWithoutValidation("X-Webhook-Signature", Convert.ToHexStringLower(HMACSHA256.HashData(_secret, bytes)));
        if (enqueuedAt != 0)
        {
            request.Headers.TryAddWithoutValidation("X-Enqueued-At", enqueuedAt.ToString(CultureInfo.InvariantCulture));
        }

        using var response = await _client.SendAsync(request);
        response.EnsureSuccessStatusCode();
        return (int)response.StatusCode;
    }

    public Task WarmUpAsync(string url, int lanes) => Parallel.ForAsync(
        0,
        WarmUpPosts,
        new ParallelOptions { MaxDegreeOfParallelism = lanes },
        async (sequence, _) => await PostAsync(url, BodyOf(sequence)));
}
