using Npgsql;
using NpgsqlTypes;
using Webhooks.Core.Postgres;

namespace Webhooks.Core.Credentials;

/// <summary>The statement that lists an organization's credentials of one kind, newest first.</summary>
internal static class CredentialList
{
    /// <summary>The command for a page, and one row more, which tells whether there is a next one.</summary>
    /// <param name="database">Where they are.</param>
    /// <param name="selection">What is read of them, from which table.</param>
    /// <param name="orgId">The organization.</param>
    /// <param name="limit">How many the page holds.</param>
    /// <param name="after">The last id of the page before, or null for the first.</param>
    public static NpgsqlCommand Create(NpgsqlDataSource database, string selection, Guid orgId, int limit, Guid? after)
    {
        var command = database.CreateCommand($"""
            {selection}
            WHERE org_id = @org_id AND (@after IS NULL OR id < @after)
            ORDER BY id DESC
            LIMIT @limit
            """);
        command.Parameters.AddWithValue("org_id", orgId);
        command.Parameters.Add(NullableParameter.Create("after", NpgsqlDbType.Uuid, after));
        command.Parameters.AddWithValue("limit", limit + 1L);
        return command;
    }
}
