using System.Text;

namespace Webhooks.Core.Tests.Events;

/// <summary>Event messages for tests.</summary>
internal static class Message
{
    public const string OrgId = "7c9e6679-7425-40de-944b-e07fc1f90ae7";

    public static byte[] Json(string eventType, string data) =>
        Utf8($$"""{"org_id":"{{OrgId}}","event":"{{eventType}}","data":{{data}}}""");

    /// <summary>A valid message with that data.</summary>
    public static byte[] WithData(string data) => Json("user.created", data);

    /// <summary>A valid message with one more field.</summary>
    public static byte[] With(string field) => Utf8($$$"""{"org_id":"{{{OrgId}}}","event":"user.created","data":{},{{{field}}}}""");

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
