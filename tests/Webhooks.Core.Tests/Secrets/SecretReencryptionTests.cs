using Webhooks.Core.Secrets;
using Webhooks.Core.Tests.Postgres;

namespace Webhooks.Core.Tests.Secrets;

public sealed class SecretReencryptionTests : DatabaseTest
{
    private readonly Ring _ring = new();

    private SecretProtector Protector => new(_ring);

    [Fact]
    public async Task Every_secret_comes_under_the_newest_key_and_stays_the_same()
    {
        var webhooks = await AddManyAsync(1100);
        _ring.Newest = "2";

        var report = await RunAsync();

        Assert.Equal(1100, report.Reencrypted);
        Assert.Empty(report.Unreadable);
        var stored = await StoredAsync();
        Assert.All(stored, secret => Assert.StartsWith("v1:2:", secret));
        Assert.Equal($"whsec_{webhooks[700]}", await Protector.UnprotectAsync(webhooks[700], await StoredAsync(webhooks[700]), Cancel));
        Assert.Equal(0, (await RunAsync()).Reencrypted);
    }

    [Fact]
    public async Task A_secret_that_was_changed_meanwhile_is_left_as_it_is()
    {
        var webhook = Assert.Single(await AddManyAsync(1));
        _ring.Newest = "2";
        _ring.WhenDecrypting = () => ExecuteAsync("UPDATE webhooks SET secret = 'v1:2:changed' WHERE id = $1", webhook);

        var report = await RunAsync();

        Assert.Equal(0, report.Reencrypted);
        Assert.Equal("v1:2:changed", await StoredAsync(webhook));
    }

    [Fact]
    public async Task The_secret_before_comes_under_the_newest_key_too()
    {
        var webhook = Assert.Single(await AddManyAsync(1));
        await OverlapAsync(webhook, await Protector.ProtectAsync(webhook, "whsec_before", Cancel));
        _ring.Newest = "2";

        var report = await RunAsync();

        Assert.Equal(2, report.Reencrypted);
        var previous = await QueryAsync<string>("SELECT previous_secret FROM webhooks");
        Assert.StartsWith("v1:2:", previous, StringComparison.Ordinal);
        Assert.Equal("whsec_before", await Protector.UnprotectAsync(webhook, previous, Cancel));
        Assert.Equal(0, (await RunAsync()).Reencrypted);
    }

    [Fact]
    public async Task Headers_come_under_the_newest_key_too()
    {
        var webhook = Assert.Single(await AddManyAsync(1));
        const string Headers = """{"X-Api-Key":"1"}""";
        await ExecuteAsync(
            "UPDATE webhooks SET headers = $2, header_names = '{X-Api-Key}' WHERE id = $1",
            webhook,
            await Protector.ProtectAsync(ProtectedText.Headers, webhook, Headers, Cancel));
        _ring.Newest = "2";

        var report = await RunAsync();

        Assert.Equal(2, report.Reencrypted);
        var stored = await QueryAsync<string>("SELECT headers FROM webhooks");
        Assert.StartsWith("v1:2:", stored, StringComparison.Ordinal);
        Assert.Equal(Headers, (await Protector.DecryptAsync(ProtectedText.Headers, webhook, stored, Cancel)).Text);
        Assert.Equal(0, (await RunAsync()).Reencrypted);
    }

    [Fact]
    public async Task A_secret_that_is_rotated_meanwhile_comes_under_the_newest_key_as_the_one_before()
    {
        var webhook = Assert.Single(await AddManyAsync(1));
        _ring.Newest = "2";
        _ring.WhenDecrypting = async () =>
        {
            _ring.WhenDecrypting = null;
            await ExecuteAsync(
                """
                UPDATE webhooks
                SET previous_secret = secret, previous_secret_expires_at = now() + interval '1 hour', secret = 'v1:2:new'
                """);
        };

        Assert.Equal(1, (await RunAsync()).Reencrypted);

        Assert.Equal("v1:2:new", await StoredAsync(webhook));
        Assert.StartsWith("v1:2:", await QueryAsync<string>("SELECT previous_secret FROM webhooks"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_webhook_is_reported_once_when_neither_of_its_secrets_can_be_decrypted()
    {
        var webhook = Assert.Single(await AddManyAsync(1));
        await ExecuteAsync("UPDATE webhooks SET secret = 'v1:0:AAAA'");
        await OverlapAsync(webhook, "v1:0:BBBB");
        _ring.Newest = "2";

        Assert.Equal([webhook], (await RunAsync()).Unreadable);
    }

    [Fact]
    public async Task Secrets_that_cannot_be_decrypted_are_reported_and_left_and_the_others_done()
    {
        var webhooks = await AddManyAsync(3);
        await ExecuteAsync("UPDATE webhooks SET secret = 'v1:0:AAAA' WHERE id = $1", webhooks[1]);
        _ring.Newest = "2";

        var report = await RunAsync();

        Assert.Equal(2, report.Reencrypted);
        Assert.Equal([webhooks[1]], report.Unreadable);
        Assert.Equal("v1:0:AAAA", await StoredAsync(webhooks[1]));
    }

    [Fact]
    public async Task Deleted_webhooks_have_no_secret_and_are_passed_over()
    {
        var webhook = Assert.Single(await AddManyAsync(1));
        await ExecuteAsync("UPDATE webhooks SET secret = NULL, deleted_at = now() WHERE id = $1", webhook);
        _ring.Newest = "2";

        Assert.Equal(0, (await RunAsync()).Reencrypted);
    }

    private Task<int> OverlapAsync(Guid webhook, string previous) => ExecuteAsync(
        "UPDATE webhooks SET previous_secret = $2, previous_secret_expires_at = now() + interval '1 hour' WHERE id = $1",
        webhook,
        previous);

    private async Task<ReencryptionReport> RunAsync() => await new SecretReencryption(Database, Protector).RunAsync(Cancel);

    private async Task<IReadOnlyList<Guid>> AddManyAsync(int count)
    {
        var organization = Guid.NewGuid();
        await ExecuteAsync("INSERT INTO organizations (id) VALUES ($1)", organization);
        var ids = Enumerable.Range(0, count).Select(_ => Guid.CreateVersion7()).ToArray();
        var secrets = new List<string>();
        foreach (var id in ids)
        {
            secrets.Add(await Protector.ProtectAsync(id, $"whsec_{id}", Cancel));
        }

        await ExecuteAsync(
            """
            INSERT INTO webhooks (id, org_id, url, events, secret)
            SELECT id, $1, 'https://example.com', '{*}', secret FROM unnest($2, $3) AS new (id, secret)
            """,
            organization, ids, secrets.ToArray());
        return ids;
    }

    private Task<string> StoredAsync(Guid webhook) => QueryAsync<string>("SELECT secret FROM webhooks WHERE id = $1", webhook);

    private Task<IReadOnlyList<string>> StoredAsync() => QueryAllAsync<string>("SELECT secret FROM webhooks");

    /// <summary>Two keys, of which either is the newest.</summary>
    private sealed class Ring : IKeyRing
    {
        public string Newest { get; set; } = "1";

        public Func<Task>? WhenDecrypting { get; set; }

        public ValueTask<EncryptionKey> GetNewestAsync(CancellationToken cancellationToken) => ValueTask.FromResult(Key(Newest));

        public async ValueTask<EncryptionKey> GetAsync(string version, CancellationToken cancellationToken)
        {
            if (WhenDecrypting is not null)
            {
                await WhenDecrypting();
            }

            return version is "1" or "2" ? Key(version) : throw new SecretUnavailableException($"There is no key '{version}'.");
        }

        private static EncryptionKey Key(string version) => new(version, Enumerable.Repeat((byte)version[0], 32).ToArray());
    }
}
