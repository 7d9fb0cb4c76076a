using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Webhooks.Server.Local;
using Webhooks.Testing;

namespace Webhooks.EndToEnd.Tests.Local;

/// <summary>The tables of the local storage account, in which a task hub keeps what its orchestrations have done.</summary>
public sealed class LocalTablesTests : IAsyncLifetime
{
    /// <summary>The rows of a small partition.</summary>
    private const int FewRows = 3;

    private readonly TemporaryDirectory _directory = new();
    private readonly HttpClient _client = new();
    private LocalServices _services = null!;
    private Dictionary<string, string> _account = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _services = await LocalServices.StartAsync(
            new LocalServicesOptions(_directory.Path) { Storage = true, Durable = false }, progress: _ => { }, Cancel);
        _account = _services.QueuesConnectionString.Split(';', StringSplitOptions.RemoveEmptyEntries)
            .Select(part => part.Split('=', 2)).ToDictionary(part => part[0], part => part[1]);
        await SendAsync(HttpMethod.Post, "Tables", new() { ["TableName"] = "rows" });
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _services.DisposeAsync();
        _directory.Dispose();
    }

    [Theory]
    [InlineData("PartitionKey eq 'a'", "a0 a1 a2")]
    [InlineData("PartitionKey eq 'a' and (RowKey eq '0' or RowKey eq '2')", "a0 a2")]
    [InlineData("(PartitionKey eq 'a') and (RowKey lt '2')", "a0 a1")]
    [InlineData("PartitionKey eq 'a' and RowKey eq '1' or PartitionKey eq 'b' and RowKey eq '1'", "a1 b1")]
    [InlineData("PartitionKey eq 'a' and (RowKey eq '1') or RowKey eq '2'", "a1 a2 b2 it's2")]
    [InlineData("PartitionKey eq 'it''s'", "it's0 it's1 it's2")]
    [InlineData("PartitionKey eq 'c'", "")]
    [InlineData("RowKey eq '0'", "a0 b0 it's0")]
    public async Task A_query_finds_the_rows_of_its_filter(string filter, string expected)
    {
        foreach (var partition in new[] { "a", "b", "it's" })
        {
            await InsertAsync(partition, FewRows);
        }

        Assert.Equal(expected, string.Join(' ', await QueryAsync(filter)));
    }

    [Fact]
    public async Task A_query_of_one_partition_takes_no_longer_when_there_are_many_others()
    {
        await InsertAsync("a", FewRows);
        var alone = await MeasureAsync();
        await InsertAsync("b", 6_000);

        var amongMany = await MeasureAsync();

        Assert.True(amongMany < 1.5 * alone, $"{amongMany} is longer than {alone}.");
    }

    /// <summary>The least of many, so that what else the machine does is left out.</summary>
    private async Task<TimeSpan> MeasureAsync()
    {
        var least = TimeSpan.MaxValue;
        for (var run = 0; run < 200; run++)
        {
            var began = Stopwatch.GetTimestamp();
            Assert.Equal(FewRows, (await QueryAsync("PartitionKey eq 'a'")).Count);
            least = TimeSpan.FromTicks(Math.Min(least.Ticks, Stopwatch.GetElapsedTime(began).Ticks));
        }

        return least;
    }

    private Task InsertAsync(string partition, int rows) => Parallel.ForAsync(0, rows, Cancel, async (row, _) =>
        await SendAsync(HttpMethod.Post, "rows", new() { ["PartitionKey"] = partition, ["RowKey"] = $"{row}" }));

    private async Task<IReadOnlyList<string>> QueryAsync(string filter)
    {
        var answer = await SendAsync(HttpMethod.Get, $"rows()?$filter={Uri.EscapeDataString(filter)}", body: null);
        return [.. answer["value"]!.AsArray().Select(row => $"{row!["PartitionKey"]}{row["RowKey"]}")];
    }

    /// <summary>Sends a request with the account's key, in the form that the service calls SharedKeyLite.</summary>
    private async Task<JsonNode> SendAsync(HttpMethod method, string path, JsonObject? body)
    {
        var date = DateTimeOffset.UtcNow.ToString("R", CultureInfo.InvariantCulture);
        using var request = new HttpRequestMessage(method, $"{_account["TableEndpoint"].TrimEnd('/')}/{path}");
        var signed = Encoding.UTF8.GetBytes($"{date}\n/{_account["AccountName"]}{request.RequestUri!.AbsolutePath}");
        var signature = Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(_account["AccountKey"]), signed));
        request.Headers.Add("x-ms-date", date);
        request.Headers.Authorization = new AuthenticationHeaderValue("SharedKeyLite", $"{_account["AccountName"]}:{signature}");
        request.Headers.Accept.ParseAdd("application/json;odata=nometadata");
        request.Content = body is null ? null : JsonContent.Create(body);
        using var response = await _client.SendAsync(request, Cancel);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonNode>(Cancel))!;
    }
}
