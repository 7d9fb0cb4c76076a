using System.Text.Json;
using System.Text.Json.Serialization;
using Webhooks.Core.Deliveries;

namespace Webhooks.Api.Json;

/// <summary>
/// The converter of a delivery's status, which it writes as the API and the database name it: <c>pending</c>, <c>succeeded</c>,
/// <c>failed</c>, <c>canceled</c>, <c>skipped</c>.
/// </summary>
internal sealed class DeliveryStatusConverter()
    : JsonStringEnumConverter<DeliveryStatus>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);
