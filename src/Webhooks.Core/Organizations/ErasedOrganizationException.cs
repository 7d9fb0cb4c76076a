using Npgsql;

namespace Webhooks.Core.Organizations;

/// <summary>The refusal to store anything for an organization that was erased, or is being erased. Nothing was stored.</summary>
/// <param name="orgId">The organization.</param>
public sealed class ErasedOrganizationException(Guid orgId)
    : Exception($"The organization {orgId} was erased, for good: nothing is published or made for it.")
{
    /// <summary>The organization.</summary>
    public Guid OrgId => orgId;

    /// <summary>The SQLSTATE of the error that <c>webhook_refuse_organization</c> raises. The error's table is the organization.</summary>
    internal const string SqlState = "WH003";

    /// <summary>Runs what may end with that error, and throws this in its place.</summary>
    internal static async Task<T> TranslateAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (PostgresException refused) when (refused.SqlState == SqlState)
        {
            throw new ErasedOrganizationException(Guid.Parse(refused.TableName!));
        }
    }
}
