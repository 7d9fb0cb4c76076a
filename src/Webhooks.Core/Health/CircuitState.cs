namespace Webhooks.Core.Health;

/// <summary>Whether attempts are made although a receiver has not answered of late.</summary>
public enum CircuitState
{
    /// <summary>Attempts are made.</summary>
    Closed,

    /// <summary>None are made until the pause ends.</summary>
    Open,

    /// <summary>One is made, or is about to be, to find out whether the receiver answers again.</summary>
    HalfOpen,
}
