namespace Webhooks.Api.Authentication;

/// <summary>
/// The mark of an operation that an operator may also call for what belongs to no organization, which the zero UUID in the header
/// <c>Webhooks-Organization</c> stands for.
/// </summary>
internal sealed class OfTheInstallation;
