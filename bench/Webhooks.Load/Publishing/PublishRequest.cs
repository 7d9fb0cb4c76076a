using System.Text;

namespace Webhooks.Load.Publishing;

/// <summary>The requests that publish, as they go over the wire.</summary>
internal sealed class PublishRequest(Uri server, string token)
{
    /// <summary>One event, as an object.</summary>
    public byte[] ForOne(Guid organization) => With(EventTemplate.MessageFor(organization));

    /// <summary>Some events, as an array: those of the organizations in turn, beginning with one of them.</summary>
    public byte[] ForMany(IReadOnlyList<Guid> organizations, int first, int count)
    {
        var messages = Enumerable.Range(first, count).Select(index => EventTemplate.MessageFor(organizations[index % organizations.Count]));
        return With($"[{string.Join(',', messages)}]");
    }

    private byte[] With(string body) => Encoding.ASCII.GetBytes(
        $"POST /api/v1/events HTTP/1.1\r\nHost: {server.Authority}\r\nAuthorization: Bearer {token}\r\n"
        + $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");
}
