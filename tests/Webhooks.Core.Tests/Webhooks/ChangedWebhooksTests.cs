using Webhooks.Core.Tests.Postgres;
using Webhooks.Core.Webhooks;

namespace Webhooks.Core.Tests.Webhooks;

public sealed class ChangedWebhooksTests : DatabaseTest
{
    private readonly Guid _org = Guid.NewGuid();

    [Fact]
    public async Task A_webhook_that_was_changed_of_late_is_found_and_one_that_is_as_it_was_made_is_not()
    {
        await AddWebhookAsync(_org);
        var changed = await AddWebhookAsync(_org);
        var before = await AddWebhookAsync(_org);
        await ExecuteAsync("UPDATE webhooks SET created_at = now() - interval '1 day', updated_at = now() WHERE id = $1", changed);
        await ExecuteAsync(
            "UPDATE webhooks SET created_at = now() - interval '1 day', updated_at = now() - interval '1 hour' WHERE id = $1", before);

        Assert.Equal(changed, Assert.Single(await FindAsync()).WebhookId);
    }

    [Fact]
    public async Task A_webhook_is_found_when_the_overlap_of_its_secrets_has_ended_and_not_before()
    {
        var ended = await AddWebhookAsync(_org);
        var running = await AddWebhookAsync(_org);
        const string Overlap = "UPDATE webhooks SET previous_secret = 'before', previous_secret_expires_at = $2 WHERE id = $1";
        await ExecuteAsync(Overlap, ended, DateTimeOffset.UtcNow.AddSeconds(-1));
        await ExecuteAsync(Overlap, running, DateTimeOffset.UtcNow.AddDays(1));

        Assert.Equal(ended, Assert.Single(await FindAsync()).WebhookId);
    }

    private Task<IReadOnlyCollection<(Guid WebhookId, DateTimeOffset At)>> FindAsync() =>
        new ChangedWebhooks(Database).FindAsync(TimeSpan.FromMinutes(30), Cancel);
}
