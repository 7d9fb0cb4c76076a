namespace Webhooks.Core.Events;

/// <summary>A token that is canceled once each of several others has been.</summary>
internal sealed class AllCanceled : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly List<CancellationTokenRegistration> _registrations = [];
    private int _left;

    public AllCanceled(IReadOnlyCollection<CancellationToken> tokens)
    {
        _left = tokens.Count;
        foreach (var token in tokens)
        {
            _registrations.Add(token.UnsafeRegister(static all => ((AllCanceled)all!).OneCanceled(), this));
        }
    }

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _source.Dispose();
    }

    private void OneCanceled()
    {
        if (Interlocked.Decrement(ref _left) == 0)
        {
            _source.Cancel();
        }
    }
}
