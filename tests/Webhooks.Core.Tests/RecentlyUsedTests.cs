using Microsoft.Extensions.Time.Testing;

namespace Webhooks.Core.Tests;

public sealed class RecentlyUsedTests
{
    private static readonly TimeSpan _lifetime = TimeSpan.FromMinutes(1);

    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void What_was_added_is_found()
    {
        using var recent = new RecentlyUsed<int, string>(10, _lifetime, _clock);

        recent.Add(1, "one");

        Assert.Equal("one", recent.Find(1));
        Assert.Null(recent.Find(2));
    }

    [Fact]
    public void What_was_added_last_for_a_key_counts()
    {
        using var recent = new RecentlyUsed<int, string>(10, _lifetime, _clock);
        recent.Add(1, "old");
        _clock.Advance(_lifetime);

        recent.Add(1, "new");

        Assert.Equal("new", recent.Find(1));
    }

    [Fact]
    public void What_is_used_stays()
    {
        using var recent = new RecentlyUsed<int, string>(10, _lifetime, _clock);
        recent.Add(1, "one");

        for (var i = 0; i < 5; i++)
        {
            _clock.Advance(_lifetime);
            Assert.Equal("one", recent.Find(1));
        }
    }

    [Fact]
    public void What_is_not_used_is_dropped_although_nothing_else_happens()
    {
        using var recent = new RecentlyUsed<int, string>(10, _lifetime, _clock);
        recent.Add(1, "one");

        _clock.Advance(2 * _lifetime);

        Assert.Null(recent.Find(1));
    }

    [Fact]
    public void No_more_is_kept_than_two_generations_and_what_was_used_last_is_among_it()
    {
        using var recent = new RecentlyUsed<int, string>(capacity: 10, _lifetime, _clock);

        for (var i = 0; i < 1000; i++)
        {
            recent.Add(i, "value");
            Assert.NotNull(recent.Find(0));
        }

        var kept = Enumerable.Range(0, 1000).Where(i => recent.Find(i) is not null).ToList();
        Assert.InRange(kept.Count, 10, 20);
        Assert.Contains(0, kept);
        Assert.Contains(999, kept);
    }

    [Fact]
    public void Nothing_ages_any_more_after_its_end()
    {
        var recent = new RecentlyUsed<int, string>(10, _lifetime, _clock);
        recent.Add(1, "one");

        recent.Dispose();
        _clock.Advance(5 * _lifetime);

        Assert.Equal("one", recent.Find(1));
    }
}
