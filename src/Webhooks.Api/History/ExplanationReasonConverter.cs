using System.Text.Json;
using System.Text.Json.Serialization;
using Webhooks.Core.History;

namespace Webhooks.Api.History;

/// <summary>The converter of a reason, which it writes as the API names it, as in <c>not_subscribed</c>.</summary>
internal sealed class ExplanationReasonConverter()
    : JsonStringEnumConverter<ExplanationReason>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);
