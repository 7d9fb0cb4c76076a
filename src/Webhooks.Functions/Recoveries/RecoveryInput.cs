using System.Text.Json.Serialization;

namespace Webhooks.Functions.Recoveries;

/// <summary>
/// The input of <see cref="RecoverWebhook"/> and of <see cref="RecoverPages"/>. It is stored with the orchestration: fields may be added,
/// never renamed.
/// </summary>
/// <param name="RecoveryId">The recovery; all else is read from its row.</param>
public sealed record RecoveryInput([property: JsonPropertyName("recovery_id")] Guid RecoveryId);
