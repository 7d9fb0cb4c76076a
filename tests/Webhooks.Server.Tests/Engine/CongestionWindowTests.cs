using CsCheck;
using Webhooks.Server.Engine;

namespace Webhooks.Server.Tests.Engine;

public sealed class CongestionWindowTests
{
    private const int Fast = 0;
    private const int Slow = 1;
    private const int None = 2;

    [Fact]
    public void It_starts_with_four_or_what_is_allowed_if_that_is_less() =>
        Gen.Int[1, 1000].Sample(most => Assert.Equal(Math.Min(4, most), new CongestionWindow(most).Size));

    [Fact]
    public void It_doubles_with_each_round_trip_of_fast_answers_up_to_the_most() =>
        Gen.Int[1, 1000].Sample(most =>
        {
            var window = new CongestionWindow(most);
            for (var roundTrip = 0; roundTrip < 10; roundTrip++)
            {
                var before = window.Size;
                window = After(window, Enumerable.Repeat(Fast, before));
                Assert.Equal(Math.Min(2 * before, most), window.Size);
            }
        });

    [Fact]
    public void It_halves_when_no_answer_comes_down_to_one() =>
        Gen.Int[1, 1000].Sample(most =>
        {
            var window = After(new CongestionWindow(most), Enumerable.Repeat(Fast, most));
            while (window.Size > 1)
            {
                var before = window.Size;
                window = window.AfterNoAnswer();
                Assert.InRange(window.Size, Math.Max(1, before / 2), Math.Max(1, (before + 1) / 2));
            }

            Assert.Equal(1, window.AfterNoAnswer().Size);
        });

    [Fact]
    public void A_receiver_that_always_answers_slowly_gets_a_quarter_and_no_more()
    {
        var window = After(new CongestionWindow(128), Enumerable.Repeat(Slow, 10_000));
        Assert.Equal(32, window.Size);

        var fromAbove = After(After(new CongestionWindow(128), Enumerable.Repeat(Fast, 128)), Enumerable.Repeat(Slow, 2));
        Assert.Equal(32, fromAbove.Size);
    }

    [Fact]
    public void Whatever_happens_it_stays_from_one_to_the_most() =>
        Gen.Select(Gen.Int[1, 1000], Gen.Int[Fast, None].Array[0, 500]).Sample((most, answers) =>
        {
            var window = new CongestionWindow(most);
            foreach (var answer in answers)
            {
                window = After(window, [answer]);
                Assert.InRange(window.Size, 1, most);
            }
        });

    private static CongestionWindow After(CongestionWindow window, IEnumerable<int> answers) =>
        answers.Aggregate(window, (current, answer) => answer switch
        {
            Fast => current.AfterFastAnswer(),
            Slow => current.AfterSlowAnswer(),
            _ => current.AfterNoAnswer(),
        });
}
