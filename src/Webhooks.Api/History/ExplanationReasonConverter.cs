using System.Text.Json;
using System.Text.Json.Serialization;
using Webhooks.Core.History;

namespace Webhooks.Api.History;

/// <summary>Writes a reason as the API names it, as in <c>not_subscribed</c>.</summary>
internal sealed class ExplanationReasonConverter()
    : JsonStringEnumConverter<ExplanationReason>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);
