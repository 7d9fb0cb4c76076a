namespace Webhooks.Core.Transforms;

/// <summary>What a transform returned cannot be sent. Nothing within the script can catch it.</summary>
internal sealed class TransformFailedException(string message) : Exception(message);
