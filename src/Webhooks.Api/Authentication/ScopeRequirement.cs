using Microsoft.AspNetCore.Authorization;

namespace Webhooks.Api.Authentication;

/// <summary>The token must have a scope and name an organization.</summary>
/// <param name="Scope">The scope.</param>
/// <param name="ForAnyOrganization">A scope that is enough by itself, without an organization; null when there is none.</param>
internal sealed record ScopeRequirement(string Scope, string? ForAnyOrganization = null) : IAuthorizationRequirement;
