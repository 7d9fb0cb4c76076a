namespace Webhooks.Client.Tests.Publishing;

/// <summary>An order of the sample application.</summary>
internal sealed class Order
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public required Guid OrganizationId { get; init; }

    public required decimal Total { get; init; }
}
