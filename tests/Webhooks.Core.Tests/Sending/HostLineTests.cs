using CsCheck;
using Webhooks.Core.Sending;

namespace Webhooks.Core.Tests.Sending;

public sealed class HostLineTests
{
    private static readonly TimeSpan _long = TimeSpan.FromMinutes(5);

    private static readonly Guid _one = Guid.NewGuid();

    private static readonly Guid _other = Guid.NewGuid();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_organization_alone_gets_to_half_of_the_places()
    {
        var line = new HostLine(8);

        Assert.Equal(4, await TakeAllAsync(line, _one));
    }

    [Fact]
    public async Task A_newcomer_finds_a_place_however_many_others_took()
    {
        var line = new HostLine(8);
        await TakeAllAsync(line, _one);

        Assert.Equal(2, await TakeAllAsync(line, _other));
        Assert.Equal(1, await TakeAllAsync(line, Guid.NewGuid()));
    }

    [Fact]
    public async Task A_place_that_is_left_goes_to_whoever_has_the_fewest()
    {
        var line = new HostLine(4);
        Assert.Equal(2, await TakeAllAsync(line, _one));
        Assert.Equal(1, await TakeAllAsync(line, _other));
        Assert.Equal(1, await TakeAllAsync(line, Guid.NewGuid()));
        var first = line.EnterAsync(_one, _long, Token).AsTask();
        var second = line.EnterAsync(Guid.NewGuid(), _long, Token).AsTask();

        line.Leave(_one);

        Assert.True(await second);
        Assert.False(first.IsCompleted);
        line.Leave(_one);
        Assert.True(await first);
    }

    [Fact]
    public async Task Among_those_who_have_as_many_whoever_came_first_goes_first()
    {
        var line = new HostLine(2);
        await line.EnterAsync(_one, _long, Token);
        await line.EnterAsync(_other, _long, Token);
        var waiting = Enumerable.Range(0, 2).Select(_ => line.EnterAsync(Guid.NewGuid(), _long, Token).AsTask()).ToList();

        line.Leave(_other);
        Assert.True(await waiting[0]);
        Assert.False(waiting[1].IsCompleted);

        line.Leave(_one);
        Assert.True(await waiting[1]);
    }

    [Fact]
    public async Task Who_waits_too_long_gets_no_place_and_takes_none()
    {
        var line = new HostLine(2);
        await line.EnterAsync(_one, _long, Token);

        Assert.False(await line.EnterAsync(_one, TimeSpan.FromMilliseconds(20), Token));

        line.Leave(_one);
        Assert.True(line.IsIdle);
    }

    [Fact]
    public async Task Who_leaves_the_line_takes_no_place()
    {
        var line = new HostLine(2);
        await line.EnterAsync(_one, _long, Token);
        using var canceled = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var waiting = line.EnterAsync(_one, _long, canceled.Token).AsTask();

        await canceled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        line.Leave(_one);
        Assert.True(line.IsIdle);
    }

    [Fact]
    public void However_places_are_taken_and_left_all_who_wait_enter_and_nobody_remains() =>
        Gen.Select(Gen.Int[1, 6], Gen.Int[0, 3].Array[1, 30], Gen.Int[0, 2]).Sample((places, organizations, hurry) =>
        {
            var line = new HostLine(places);
            var ids = Enumerable.Range(0, 4).Select(_ => Guid.NewGuid()).ToArray();
            var inside = 0;
            var most = 0;

            async Task VisitAsync(int organization)
            {
                await Task.Yield();
                Assert.True(await line.EnterAsync(ids[organization], _long, Token));
                var now = Interlocked.Increment(ref inside);
                InterlockedMax(ref most, now);
                await Task.Delay(hurry, Token);
                Interlocked.Decrement(ref inside);
                line.Leave(ids[organization]);
            }

            Task.WhenAll(organizations.Select(VisitAsync)).Wait(Token);
            Assert.True(line.IsIdle);
            Assert.InRange(most, 1, places);
        }, iter: 50);

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); seen < value; seen = Volatile.Read(ref most))
        {
            Interlocked.CompareExchange(ref most, value, seen);
        }
    }

    private static async Task<int> TakeAllAsync(HostLine line, Guid organization)
    {
        var taken = 0;
        while (await line.EnterAsync(organization, TimeSpan.FromMilliseconds(20), Token))
        {
            taken++;
        }

        return taken;
    }
}
