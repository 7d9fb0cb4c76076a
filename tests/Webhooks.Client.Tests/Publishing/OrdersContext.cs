using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Webhooks.Client.Publishing;

namespace Webhooks.Client.Tests.Publishing;

/// <summary>A sample: the orders of an application, in the database of the webhooks. Placing one publishes that.</summary>
internal sealed class OrdersContext(DbContextOptions<OrdersContext> options) : DbContext(options)
{
    private static readonly TransactionPublisher _publisher = new();

    public DbSet<Order> Orders => Set<Order>();

    /// <summary>Stores an order and publishes its invoice: both, or neither.</summary>
    public async Task PlaceAsync(Order order, CancellationToken cancellationToken)
    {
        await using var transaction = await Database.BeginTransactionAsync(cancellationToken);
        Orders.Add(order);
        await SaveChangesAsync(cancellationToken);
        await _publisher.PublishAsync(
            transaction.GetDbTransaction(),
            order.OrganizationId,
            "invoice.created",
            new { OrderId = order.Id, order.Total },
            cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }
}
