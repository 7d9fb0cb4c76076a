using System.Diagnostics;
using Webhooks.Core.Organizations;
using Webhooks.Core.Tests.Postgres;

namespace Webhooks.Core.Tests.Organizations;

public sealed class PublishLimitsTests : DatabaseTest
{
    private readonly Guid _org = Guid.NewGuid();

    private PublishLimits Limits => new(Database, TimeProvider.System);

    [Fact]
    public async Task Two_servers_together_never_allow_more_than_the_rate_and_the_burst_and_no_less()
    {
        await LimitAsync(_org, perSecond: 300, burst: 50);
        PublishLimits[] servers = [Limits, Limits];
        await Task.WhenAll(servers.Select(server => server.RefreshAsync(Cancel).AsTask()));
        var accepted = 0;
        var watch = Stopwatch.StartNew();

        await Task.WhenAll(Enumerable.Range(0, 6).Select(worker => Task.Run(async () =>
        {
            while (watch.Elapsed < TimeSpan.FromSeconds(3))
            {
                var allowance = Required(await servers[worker % 2].TakeAsync([Message(_org), Message(_org)], Cancel));
                if (allowance.Granted)
                {
                    Interlocked.Add(ref accepted, 2);
                }
                else
                {
                    await Task.Delay(allowance.Wait, Cancel);
                }
            }
        })));

        var most = 50 + (300 * watch.Elapsed.TotalSeconds);
        Assert.InRange(accepted, 50 + 300, most);
    }

    [Theory]
    [InlineData(3, 3)]
    [InlineData(0.01, 1)]
    [InlineData(7, 1000)]
    public async Task The_whole_burst_may_come_at_once_and_one_more_has_to_wait_for_its_share_of_a_second(double perSecond, int burst)
    {
        await LimitAsync(_org, perSecond, burst);
        var limits = Limits;

        var all = Required(await limits.TakeAsync([.. Enumerable.Repeat(Message(_org), burst)], Cancel));
        var more = Required(await limits.TakeAsync([Message(_org)], Cancel));

        Assert.True(all.Granted);
        Assert.Equal(0, all.Remaining);
        Assert.InRange(all.Reset, TimeSpan.Zero, TimeSpan.FromSeconds((burst / perSecond) + 0.001));
        Assert.False(more.Granted);
        Assert.InRange(more.Wait, TimeSpan.FromMicroseconds(1), TimeSpan.FromSeconds((1 / perSecond) + 0.001));
        Assert.False(more.IsMoreThanBurst);
        var tooMany = Required(await limits.TakeAsync([.. Enumerable.Repeat(Message(_org), burst + 1)], Cancel));
        Assert.True(tooMany is { Granted: false, IsMoreThanBurst: true });
    }

    [Fact]
    public async Task Of_several_organizations_all_may_publish_or_none_and_none_is_charged_then()
    {
        var other = Guid.NewGuid();
        var free = Guid.NewGuid();
        await LimitAsync(_org, 0.01, 10);
        await LimitAsync(other, 0.01, 1);
        var limits = Limits;
        await limits.TakeAsync([Message(other)], Cancel);

        var refused = Required(await limits.TakeAsync([Message(_org), Message(free), Message(other)], Cancel));

        Assert.False(refused.Granted);
        Assert.Equal(other, refused.OrgId);
        Assert.Equal(8, Required(await limits.TakeAsync([Message(_org), Message(_org)], Cancel)).Remaining);
        Assert.Null(await limits.TakeAsync([Message(free)], Cancel));
    }

    [Fact]
    public async Task A_limit_that_is_set_changed_or_taken_away_holds_within_a_second_everywhere()
    {
        var limits = Limits;
        Assert.Null(await limits.TakeAsync([Message(_org)], Cancel));

        await LimitAsync(_org, 0.01, 1);
        await WithinASecondAsync(async () => await limits.TakeAsync([Message(_org)], Cancel) is not null);
        Assert.False(Required(await limits.TakeAsync([Message(_org)], Cancel)).Granted);
        await LimitAsync(_org, 10_000, 1);
        await WithinASecondAsync(async () => await limits.TakeAsync([Message(_org)], Cancel) is { Granted: true });
        await ExecuteAsync("DELETE FROM publish_limits");
        await WithinASecondAsync(async () => await limits.TakeAsync([Message(_org)], Cancel) is null);
    }

    [Fact]
    public async Task A_clock_that_was_wrong_for_a_while_does_not_keep_an_organization_from_publishing()
    {
        await LimitAsync(_org, 1, 10);
        await ExecuteAsync("UPDATE publish_limits SET free_at = now() + interval '3 years'");

        var allowance = Required(await Limits.TakeAsync([Message(_org)], Cancel));

        Assert.InRange(allowance.Wait, TimeSpan.Zero, TimeSpan.FromSeconds(1.001));
    }

    private static async Task WithinASecondAsync(Func<Task<bool>> holds)
    {
        var watch = Stopwatch.StartNew();
        while (!await holds())
        {
            // The second is the product's; what comes on top is a busy machine's.
            Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(30));
        }
    }

    private Task<int> LimitAsync(Guid org, double perSecond, int burst) => ExecuteAsync(
        """
        WITH organization AS (INSERT INTO organizations (id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET id = excluded.id RETURNING id)
        INSERT INTO publish_limits (org_id, per_second, burst) SELECT id, $2, $3 FROM organization
        ON CONFLICT (org_id) DO UPDATE SET per_second = excluded.per_second, burst = excluded.burst
        """,
        org, perSecond, burst);
}
