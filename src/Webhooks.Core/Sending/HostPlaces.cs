using System.Collections.Concurrent;

namespace Webhooks.Core.Sending;

/// <summary>
/// The lines before the hosts of receivers, one for each name and port. They stand before the HTTP client's pool, which knows hosts but no
/// organizations.
/// </summary>
/// <param name="places">Attempts under way to one host at once.</param>
internal sealed class HostPlaces(int places)
{
    /// <summary>Lines before which nobody is are forgotten when there are this many.</summary>
    private const int MostKept = 1024;

    private readonly ConcurrentDictionary<(string Name, int Port), HostLine> _lines = [];

    /// <summary>The line before a URL's host.</summary>
    public HostLine LineTo(Uri uri)
    {
        var host = (uri.Host, uri.Port);
        if (_lines.TryGetValue(host, out var line))
        {
            return line;
        }

        if (_lines.Count >= MostKept)
        {
            // Someone may just be about to enter one of them: the host is then over its places for as long as that attempt takes, which
            // hurts nobody.
            foreach (var idle in _lines.Where(pair => pair.Value.IsIdle))
            {
                _lines.TryRemove(idle);
            }
        }

        return _lines.GetOrAdd(host, _ => new HostLine(places));
    }
}
