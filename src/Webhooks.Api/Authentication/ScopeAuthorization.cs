using Microsoft.AspNetCore.Authorization;

namespace Webhooks.Api.Authentication;

/// <summary>The decision on a <see cref="ScopeRequirement"/>; a refusal carries its reason for the caller.</summary>
internal sealed class ScopeAuthorization : AuthorizationHandler<ScopeRequirement>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, ScopeRequirement requirement)
    {
        if (requirement.ForAnyOrganization is { } forAny && context.User.May(forAny))
        {
            context.Succeed(requirement);
        }
        else if (!context.User.May(requirement.Scope))
        {
            context.Fail(new AuthorizationFailureReason(this, $"The token lacks the scope {requirement.Scope}. Ask for a token with it."));
        }
        else if (context.User.FindOrganizationId() is null)
        {
            if (context.User.HasScope(Scopes.Admin))
            {
                throw OrganizationHeader.Missing();
            }

            context.Fail(new AuthorizationFailureReason(
                this, $"The token names no organization. Ask for a token with the claim {TokenClaims.OrgId}, a UUID."));
        }
        else
        {
            context.Succeed(requirement);
        }

        return Task.CompletedTask;
    }
}
