using Webhooks.Testing;

namespace Webhooks.Endurance.Tests.Hostile;

/// <summary>A way to behave badly.</summary>
/// <param name="Name">What it does.</param>
/// <param name="Script">Does it on one connection, from the beginning; the connection is closed when it returns.</param>
internal sealed record Hostility(string Name, Func<RawConnection, CancellationToken, Task> Script);
