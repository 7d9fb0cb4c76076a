using Npgsql;

namespace Webhooks.Core.Organizations;

/// <summary>An organization's row, which is made at the first use of the organization.</summary>
internal static class OrganizationRow
{
    /// <summary>
    /// Adds the two statements that make the row if it is missing, and lock it: whoever counts what the organization has, and adds to it,
    /// does so alone. The result is the organization's own limit of webhooks; of one that is erased, there is an error.
    /// </summary>
    public static void Lock(NpgsqlBatch batch, Guid orgId)
    {
        const string Ensure = "INSERT INTO organizations (id) VALUES (@org_id) ON CONFLICT (id) DO NOTHING";
        const string Lock = """
            SELECT max_webhooks, CASE WHEN erasing_since IS NOT NULL THEN webhook_refuse_organization(id) END
            FROM organizations WHERE id = @org_id
            FOR NO KEY UPDATE
            """;
        batch.BatchCommands.Add(new(Ensure) { Parameters = { new("org_id", orgId) } });
        batch.BatchCommands.Add(new(Lock) { Parameters = { new("org_id", orgId) } });
    }
}
