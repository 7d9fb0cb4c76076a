using System.Net.Sockets;
using Webhooks.Testing;

namespace Webhooks.EndToEnd.Tests;

/// <summary>A server that may have few files open, and clients that take all that they get.</summary>
public sealed class DescriptorTests
{
    private const int Few = 420;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Idle_connections_take_nothing_that_deliveries_need()
    {
        Assert.SkipWhen(TestedHost.IsFunctions, "The Functions host listens for its app.");
        await using var database = await TestDatabase.CreateAsync();
        await using var receiver = await Receiver.StartAsync();
        using var keys = new TemporaryDirectory();
        var settings = new Dictionary<string, string> { ["ConnectionStrings__Webhooks"] = database.ConnectionString };
        await using var server = await ServerProcess.StartAsync(keys, settings, Few);
        var url = new Uri(server.Url);
        using var client = new WebhooksApi(server.CreateClient(Guid.NewGuid()));
        await client.RegisterAsync(receiver.Url, "user.created");

        // The client above has its connection; the server is cold otherwise.
        var idle = new List<TcpClient>();
        try
        {
            for (var connection = 0; connection < 2 * Few; connection++)
            {
                idle.Add(new TcpClient(url.Host, url.Port));
            }

            for (var number = 1; number <= 20; number++)
            {
                await client.PublishAsync(number, Cancel);
            }

            await Eventually.HoldsAsync(() => receiver.Requests.Count == 20, () => server.Log, Cancel);
            Assert.DoesNotContain("Too many open files", server.Log, StringComparison.Ordinal);
        }
        finally
        {
            idle.ForEach(connection => connection.Dispose());
        }

        using var newcomer = new HttpClient { BaseAddress = url };
        await Eventually.HoldsAsync(() => AnswersAsync(newcomer), () => server.Log, Cancel);
        Assert.Contains($"may have {Few} files open (ulimit -n) and needs", server.Log, StringComparison.Ordinal);
        Assert.Contains("more were closed since this was last said", server.Log, StringComparison.Ordinal);
        Assert.Equal(0, await server.StopAsync());
    }

    [Fact]
    public async Task With_too_few_to_serve_it_does_not_start_and_says_what_is_needed()
    {
        Assert.SkipWhen(TestedHost.IsFunctions, "The Functions host listens for its app.");
        await using var database = await TestDatabase.CreateAsync();
        using var keys = new TemporaryDirectory();
        var settings = new Dictionary<string, string> { ["ConnectionStrings__Webhooks"] = database.ConnectionString };

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => ServerProcess.StartAsync(keys, settings, descriptors: 256));

        Assert.Contains("exit code 2", failure.Message, StringComparison.Ordinal);
        Assert.Contains("With 410 it serves slowly", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>A connection that is one too many is closed.</summary>
    private static async Task<bool> AnswersAsync(HttpClient client)
    {
        try
        {
            using var answer = await client.GetAsync("/health/live", Cancel);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
