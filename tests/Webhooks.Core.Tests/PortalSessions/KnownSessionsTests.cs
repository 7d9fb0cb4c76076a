using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Webhooks.Core.Credentials;
using Webhooks.Core.PortalSessions;
using Webhooks.Core.Secrets;
using Webhooks.Testing;

namespace Webhooks.Core.Tests.PortalSessions;

/// <summary>What servers know of sessions of the portal between two looks into the database.</summary>
public sealed class KnownSessionsTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UtcNow);
    private readonly Guid _org = Guid.NewGuid();

    private TestDatabase _database = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateMigratedAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task The_server_that_revokes_a_session_knows_at_once_and_another_within_a_second()
    {
        await using var one = Server();
        await using var other = Server();
        var store = one.GetRequiredService<PortalSessionStore>();
        var made = Assert.IsType<PortalSessionCreation.Made>(await store.CreateAsync(
            _org, new NewPortalSession(WebhookId: null, ReadOnly: false, NewPortalSession.Usual, MadeBy: null), Cancel));
        var (known, otherKnown) = (one.GetRequiredService<KnownSessions>(), other.GetRequiredService<KnownSessions>());
        Assert.True((await known.FindAsync(made.Session.Id, Cancel))!.Is(made.Token));
        Assert.NotNull(await otherKnown.FindAsync(made.Session.Id, Cancel));

        Assert.True(await store.RevokeAsync(_org, made.Session.Id, Cancel));

        Assert.Null(await known.FindAsync(made.Session.Id, Cancel));
        Assert.NotNull(await otherKnown.FindAsync(made.Session.Id, Cancel));
        _clock.Advance(KnownSessions.Validity);
        Assert.Null(await otherKnown.FindAsync(made.Session.Id, Cancel));
        Assert.False(await store.RevokeAsync(Guid.NewGuid(), made.Session.Id, Cancel));
    }

    [Fact]
    public async Task A_session_is_written_as_no_key_is()
    {
        await using var server = Server();
        var made = Assert.IsType<PortalSessionCreation.Made>(await server.GetRequiredService<PortalSessionStore>().CreateAsync(
            _org, new NewPortalSession(WebhookId: null, ReadOnly: true, NewPortalSession.Shortest, MadeBy: null), Cancel));

        Assert.Matches("^whs_[0-9A-Za-z]{61}$", made.Token);
        Assert.True(CredentialText.PortalSession.TryReadId(made.Token, out var id));
        Assert.Equal(made.Session.Id, id);
        Assert.False(CredentialText.ApiKey.TryReadId(made.Token, out _));
    }

    private ServiceProvider Server() => new ServiceCollection()
        .AddLogging()
        .AddSingleton<TimeProvider>(_clock)
        .AddSingleton(_database.DataSource)
        .AddSingleton<IKeyRing>(new SwitchableKeyRing())
        .AddWebhooksCore(new WebhooksOptions())
        .BuildServiceProvider();
}
