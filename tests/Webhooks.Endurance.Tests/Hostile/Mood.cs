namespace Webhooks.Endurance.Tests.Hostile;

/// <summary>Whether hostile receivers are hostile at the moment; otherwise they are as well as others.</summary>
internal sealed class Mood
{
    private volatile bool _isHostile;

    public bool IsHostile
    {
        get => _isHostile;
        set => _isHostile = value;
    }
}
