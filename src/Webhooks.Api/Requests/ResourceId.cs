using Webhooks.Core;

namespace Webhooks.Api.Requests;

/// <summary>
/// An id from a path. Text that is not a UUID becomes the empty id, which nothing has: it is answered with 404, as an id that is not there.
/// </summary>
internal readonly record struct ResourceId(Guid Value)
{
    public static bool TryParse(string? text, IFormatProvider? provider, out ResourceId id)
    {
        id = new ResourceId(UuidText.TryParse(text, out var value) ? value : Guid.Empty);
        return true;
    }
}
