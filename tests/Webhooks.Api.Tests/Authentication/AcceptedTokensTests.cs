using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Time.Testing;
using Webhooks.Api.Authentication;

namespace Webhooks.Api.Tests.Authentication;

public sealed class AcceptedTokensTests : IDisposable
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 8, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly AcceptedTokens _tokens;

    public AcceptedTokensTests() => _tokens = new AcceptedTokens(_clock);

    public void Dispose() => _tokens.Dispose();

    [Fact]
    public void A_token_that_was_accepted_is_known_for_a_minute()
    {
        var judgement = Accepted(validFor: TimeSpan.FromHours(1));
        _tokens.Add("Bearer one", judgement);

        _clock.Advance(AcceptedTokens.Validity - TimeSpan.FromTicks(1));
        Assert.Same(judgement, _tokens.Find("Bearer one"));
        _clock.Advance(TimeSpan.FromTicks(1));
        Assert.Null(_tokens.Find("Bearer one"));
    }

    [Fact]
    public void A_token_is_known_until_it_expires_and_no_longer()
    {
        _tokens.Add("Bearer one", Accepted(validFor: TimeSpan.FromSeconds(10)));

        _clock.Advance(TimeSpan.FromSeconds(10) - TimeSpan.FromTicks(1));
        Assert.NotNull(_tokens.Find("Bearer one"));
        _clock.Advance(TimeSpan.FromTicks(1));
        Assert.Null(_tokens.Find("Bearer one"));
    }

    [Fact]
    public void A_token_that_is_judged_again_is_known_for_another_minute()
    {
        _tokens.Add("Bearer one", Accepted(validFor: TimeSpan.FromHours(1)));
        _clock.Advance(AcceptedTokens.Validity);
        _tokens.Add("Bearer one", Accepted(validFor: TimeSpan.FromHours(1)));

        _clock.Advance(TimeSpan.FromSeconds(59));

        Assert.NotNull(_tokens.Find("Bearer one"));
    }

    [Theory]
    [InlineData("Bearer onf")]
    [InlineData("Bearer one ")]
    [InlineData("Bearer on")]
    [InlineData("Bearer ONE")]
    [InlineData("Bearer one\0")]
    [InlineData("bearer one")]
    [InlineData("")]
    public void Another_token_is_not_known_however_alike_it_is(string authorization)
    {
        _tokens.Add("Bearer one", Accepted(validFor: TimeSpan.FromHours(1)));

        Assert.Null(_tokens.Find(authorization));
    }

    [Fact]
    public void What_was_not_accepted_is_judged_each_time()
    {
        _tokens.Add("Bearer bad", AuthenticateResult.Fail("bad"));
        _tokens.Add("", AuthenticateResult.NoResult());
        _tokens.Add("Bearer endless", AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(), "Bearer")));

        Assert.Null(_tokens.Find("Bearer bad"));
        Assert.Null(_tokens.Find(""));
        Assert.Null(_tokens.Find("Bearer endless"));
        Assert.Equal(0, _tokens.Count);
    }

    [Fact]
    public void However_many_tokens_come_few_are_kept_and_the_newest_are_among_them()
    {
        for (var number = 0; number < 10 * AcceptedTokens.Most; number++)
        {
            _tokens.Add($"Bearer {number}", Accepted(validFor: TimeSpan.FromHours(1)));
            Assert.True(_tokens.Count <= AcceptedTokens.Most);
        }

        Assert.NotNull(_tokens.Find($"Bearer {(10 * AcceptedTokens.Most) - 1}"));
        Assert.NotNull(_tokens.Find($"Bearer {(10 * AcceptedTokens.Most) - (AcceptedTokens.Most / 2)}"));
        Assert.Null(_tokens.Find("Bearer 0"));
    }

    private AuthenticateResult Accepted(TimeSpan validFor) => AuthenticateResult.Success(new AuthenticationTicket(
        new ClaimsPrincipal(), new AuthenticationProperties { ExpiresUtc = _clock.GetUtcNow() + validFor }, "Bearer"));
}
