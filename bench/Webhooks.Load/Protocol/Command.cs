using System.Text.Json;

namespace Webhooks.Load.Protocol;

/// <summary>An action that the harness asks for.</summary>
/// <param name="options">The JSON object that it sent.</param>
/// <returns>What to answer with, as JSON.</returns>
internal delegate Task<object> Command(JsonElement options);
