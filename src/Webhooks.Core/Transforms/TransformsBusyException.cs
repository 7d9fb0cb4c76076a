namespace Webhooks.Core.Transforms;

/// <summary>
/// A run that did not get its turn, because scripts of its organization or others like them take long. It may be tried again.
/// </summary>
public sealed class TransformsBusyException() : Exception("Scripts that take long wait for one another: this one did not get its turn.");
