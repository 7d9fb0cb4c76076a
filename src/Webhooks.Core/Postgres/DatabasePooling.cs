namespace Webhooks.Core.Postgres;

/// <summary>What a connection of this process is to the database (<c>Webhooks__Database__Pooling</c>).</summary>
public enum DatabasePooling
{
    /// <summary>A session of its own: PostgreSQL itself, or a pooler in session mode.</summary>
    Session,

    /// <summary>
    /// A pooler's that lends a session for each transaction. What a session keeps from one to the next, prepared statements and
    /// <c>LISTEN</c>, does not hold then: statements are parsed each time, and new deliveries are found by looking for them every second.
    /// </summary>
    Transaction,
}
