using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Azure;
using Azure.Storage.Queues;
using Webhooks.Client.Publishing;
using Webhooks.Core.Events;
using Webhooks.Testing;

namespace Webhooks.Client.Tests.Publishing;

public sealed class QueuePublisherTests : IAsyncLifetime
{
    private static readonly EventMessageReader _reader = BuiltInEventTypes.Reader();
    private static readonly Guid _orgId = Guid.Parse("7c9e6679-7425-40de-944b-e07fc1f90ae7");

    private TestQueue _queue = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _queue = await TestQueue.CreateAsync();

    public ValueTask DisposeAsync() => _queue.DisposeAsync();

    [Fact]
    public async Task One_line_puts_an_event_on_the_queue_and_makes_the_queue_when_it_is_missing()
    {
        var id = await Publisher().PublishAsync(_orgId, "user.created", new { UserId = 7, Email = "zoë@example.com" }, Cancel);

        var message = Read(await ReceiveAsync());
        Assert.Equal(_orgId, message.OrgId);
        Assert.Equal("user.created", message.Event);
        Assert.Equal("""{"user_id":7,"email":"zoë@example.com"}""", Encoding.UTF8.GetString(message.Data.Span));
        Assert.Equal(id, message.Key);
        Assert.Null(message.Timestamp);
    }

    [Fact]
    public async Task A_message_is_plain_JSON()
    {
        await Publisher().PublishAsync(new WebhookEvent(_orgId, "user.login", new { }) { Id = "login-1" }, Cancel);

        Assert.Equal($$$"""{"org_id":"{{{_orgId}}}","event":"user.login","id":"login-1","data":{}}""", await ReceiveAsync());
    }

    [Fact]
    public async Task A_message_carries_the_trace_of_the_publisher_if_it_is_sampled()
    {
        using (var sampled = new Activity("order") { ActivityTraceFlags = ActivityTraceFlags.Recorded }.Start())
        {
            await Publisher().PublishAsync(_orgId, "user.login", new { }, Cancel);
            Assert.Equal(sampled.Id, Read(await ReceiveAsync()).TraceParent);
        }

        using (new Activity("order").Start())
        {
            await Publisher().PublishAsync(_orgId, "user.login", new { }, Cancel);
            Assert.Null(Read(await ReceiveAsync()).TraceParent);
        }
    }

    [Fact]
    public async Task An_event_has_an_id_of_its_own_which_is_a_UUIDv7()
    {
        var first = new WebhookEvent(_orgId, "user.login", new { });
        var second = new WebhookEvent(_orgId, "user.login", new { });

        await Publisher().PublishAsync(first, Cancel);

        Assert.NotEqual(first.Id, second.Id);
        Assert.Equal(7, Guid.Parse(first.Id).Version);
        Assert.Equal(first.Id, Read(await ReceiveAsync()).Key);
    }

    [Fact]
    public async Task A_timestamp_is_kept()
    {
        var happened = new DateTimeOffset(2026, 8, 1, 14, 0, 0, 123, TimeSpan.FromHours(2));

        await Publisher().PublishAsync(new WebhookEvent(_orgId, "user.login", new { }) { Timestamp = happened }, Cancel);

        Assert.Equal(happened, Read(await ReceiveAsync()).Timestamp);
    }

    [Fact]
    public async Task Data_may_be_anything_that_serializes_to_an_object()
    {
        var publisher = Publisher();
        object[] data =
        [
            new Dictionary<string, int> { ["Key As It Is"] = 1 },
            JsonElement.Parse("""{"a":[1]}"""),
            new Person("Ada Example"),
        ];
        foreach (var item in data)
        {
            await publisher.PublishAsync(_orgId, "user.updated", item, Cancel);
        }

        Assert.Equal("""{"Key As It Is":1}""", await ReceiveDataAsync());
        Assert.Equal("""{"a":[1]}""", await ReceiveDataAsync());
        Assert.Equal("""{"full_name":"Ada Example"}""", await ReceiveDataAsync());
    }

    [Theory]
    [InlineData(1)]
    [InlineData("text")]
    [InlineData(new int[] { 1 })]
    public async Task Data_that_is_no_object_is_refused_before_it_is_sent(object data)
    {
        var refused = await Assert.ThrowsAsync<ArgumentException>(() => Publisher().PublishAsync(_orgId, "user.created", data, Cancel));

        Assert.Contains("must serialize to a JSON object", refused.Message, StringComparison.Ordinal);
        Assert.False((await _queue.Events.ExistsAsync(Cancel)).Value);
    }

    [Fact]
    public async Task The_caller_may_choose_how_data_is_serialized()
    {
        var publisher = new QueuePublisher(_queue.ConnectionString, _queue.Name) { DataOptions = JsonSerializerOptions.Web };

        await publisher.PublishAsync(_orgId, "user.updated", new Person("Ada Example"), Cancel);

        Assert.Equal("""{"fullName":"Ada Example"}""", await ReceiveDataAsync());
    }

    [Fact]
    public async Task An_event_too_large_for_a_queue_message_is_told_to_go_over_HTTP()
    {
        var tooLarge = await Assert.ThrowsAsync<EventTooLargeException>(
            () => Publisher().PublishAsync(_orgId, "user.created", new { Text = new string('x', 64 * 1024) }, Cancel));

        Assert.Contains("65536", tooLarge.Message, StringComparison.Ordinal);
        Assert.Contains("Publish it over HTTP", tooLarge.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_event_of_nearly_64_KiB_and_with_any_text_fits()
    {
        // Azurite, unlike Azure, breaks a character whose bytes come in two reads of its socket; so what is long is ASCII.
        var text = "\uFFFF\u0001<&>\"\r\n" + new string('é', 50) + new string('e', 63_900);

        await Publisher().PublishAsync(_orgId, "user.created", new { Text = text }, Cancel);

        Assert.Equal(text, JsonElement.Parse(await ReceiveDataAsync()).GetProperty("text").GetString());
    }

    [Fact]
    public async Task A_client_of_the_storage_library_can_be_used_with_either_encoding()
    {
        await _queue.Events.CreateAsync(cancellationToken: Cancel);
        var base64 = new QueueClient(
            _queue.ConnectionString, _queue.Name, new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 });

        await new QueuePublisher(base64).PublishAsync(_orgId, "user.created", new { }, Cancel);

        Assert.Equal("user.created", Read(Encoding.UTF8.GetString(Convert.FromBase64String(await ReceiveAsync()))).Event);
    }

    [Fact]
    public async Task A_storage_account_that_refuses_is_reported()
    {
        var wrongKey = _queue.ConnectionString.Replace("AccountKey=E", "AccountKey=F", StringComparison.Ordinal);

        var refused = await Assert.ThrowsAsync<RequestFailedException>(
            () => new QueuePublisher(wrongKey, _queue.Name).PublishAsync(_orgId, "user.created", new { }, Cancel));

        Assert.Equal(403, refused.Status);
    }

    private QueuePublisher Publisher() => new(_queue.ConnectionString, _queue.Name);

    private async Task<string> ReceiveDataAsync() => Encoding.UTF8.GetString(Read(await ReceiveAsync()).Data.Span);

    private async Task<string> ReceiveAsync() => (await _queue.Events.ReceiveMessageAsync(cancellationToken: Cancel)).Value.Body.ToString();

    private static EventMessage Read(string json)
    {
        var read = _reader.Read(Encoding.UTF8.GetBytes(json), orgId: null);
        Assert.Empty(read.Errors);
        return Assert.Single(read.Messages);
    }

    private sealed record Person(string FullName);
}
