namespace Webhooks.EndToEnd.Tests.Local;

/// <summary>How the Azure Functions Core Tools were started.</summary>
/// <param name="Arguments">Their arguments.</param>
/// <param name="Directory">Where.</param>
/// <param name="Environment">Their environment.</param>
internal sealed record CoreToolsStart(IReadOnlyList<string> Arguments, string Directory, IReadOnlyDictionary<string, string> Environment);
