namespace Webhooks.Core.Secrets;

/// <summary>
/// The failure to encrypt or decrypt a webhook's secret now. It is the operator's to mend, not the receiver's: no attempt is spent.
/// </summary>
/// <param name="message">What is missing and what to do; never a secret or key.</param>
/// <param name="inner">The cause, or null.</param>
public sealed class SecretUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
