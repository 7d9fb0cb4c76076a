using System.Text.Json;

namespace Webhooks.Api.Audit;

/// <summary>A field that was changed.</summary>
/// <param name="Field">Its name.</param>
/// <param name="Before">Its value before; null when there was none.</param>
/// <param name="After">Its value since; null when there is none.</param>
internal sealed record FieldChange(string Field, JsonElement Before, JsonElement After);
