using System.Text;
using System.Text.Json;
using Webhooks.Core.Postgres;

namespace Webhooks.Core.Audit;

/// <summary>Somebody who changes something. What is stored of one is made storable and no longer than it has to be.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Id">
/// The <c>sub</c> of its token, or the id of its key or session; null of the system, and of a token that says no one.
/// </param>
/// <param name="Address">The address that its request came from; null when there was none.</param>
/// <param name="RequestId">The id of its request; null when there was none.</param>
public sealed record Actor(ActorKind Kind, string? Id, string? Address, string? RequestId)
{
    /// <summary>Characters of an id or address that are kept.</summary>
    private const int MostCharacters = 255;

    private static readonly AsyncLocal<Actor?> _current = new();

    /// <summary>
    /// The one on whose behalf what is called now is done; it flows with the call, as <c>Activity.Current</c> does. Null is the system.
    /// </summary>
    public static Actor? Current
    {
        get => _current.Value;
        set => _current.Value = value;
    }

    /// <summary>How a kind is stored and shown.</summary>
    public static string Text(ActorKind kind) => kind switch
    {
        ActorKind.User => "user",
        ActorKind.Key => "key",
        ActorKind.Session => "session",
        _ => "system",
    };

    /// <summary>The actor as a transaction is told it.</summary>
    internal string ToJson()
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            writer.WriteString("kind", Text(Kind));
            writer.WriteString("id", Shorten(Id));
            writer.WriteString("address", Shorten(Address));
            writer.WriteString("request_id", Shorten(RequestId));
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(json.GetBuffer(), 0, (int)json.Length);
    }

    private static string? Shorten(string? text) =>
        StorableText.From(text is { Length: > MostCharacters } ? text[..MostCharacters] : text);
}
