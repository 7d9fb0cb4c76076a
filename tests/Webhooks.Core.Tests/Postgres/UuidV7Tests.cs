using CsCheck;

namespace Webhooks.Core.Tests.Postgres;

public sealed class UuidV7Tests
{
    private static readonly Gen<DateTimeOffset> _time = Gen.Long[0, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()].Select(
        DateTimeOffset.FromUnixTimeMilliseconds);

    [Fact]
    public void An_id_gives_back_its_time() =>
        _time.Sample(time => UuidV7.TimeOf(Guid.CreateVersion7(time)) == time);

    [Fact]
    public void A_bound_divides_the_ids_before_a_time_from_the_others() =>
        Gen.Select(_time, _time).Sample((bound, time) => Guid.CreateVersion7(time) >= UuidV7.LowerBound(bound) == time >= bound);

    [Fact]
    public void A_bound_is_the_time_and_zeros() =>
        Assert.Equal(
            Guid.Parse("019f2f2a-3c00-0000-0000-000000000000"), UuidV7.LowerBound(DateTimeOffset.FromUnixTimeMilliseconds(0x019f2f2a3c00)));

    [Fact]
    public void Times_before_1970_are_bounded_by_the_least_id() => Assert.Equal(Guid.Empty, UuidV7.LowerBound(DateTimeOffset.MinValue));

    [Fact]
    public void Other_UUIDs_have_no_time()
    {
        Assert.Null(UuidV7.TimeOf(Guid.NewGuid()));
        Assert.Null(UuidV7.TimeOf(Guid.Empty));
        Assert.Null(UuidV7.TimeOf(Guid.AllBitsSet));
        Assert.Null(UuidV7.TimeOf(Guid.Parse("019f2f2a-3c00-7000-0000-000000000000")));
        Assert.Null(UuidV7.TimeOf(Guid.Parse("019f2f2a-3c00-7000-c000-000000000000")));
        Assert.Null(UuidV7.TimeOf(Guid.Parse("ffffffff-ffff-7000-8000-000000000000")));
    }
}
