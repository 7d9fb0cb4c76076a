using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Webhooks.Api.Security;

namespace Webhooks.Api.Authentication;

/// <summary>The registration of how tokens are judged, and of one authorization policy per scope, named as the scope.</summary>
internal static class AuthenticationServices
{
    private static readonly TimeSpan _clockSkew = TimeSpan.FromSeconds(30);

    /// <summary>No symmetric algorithm: a public key must never be taken for an HMAC key.</summary>
    private static readonly string[] _authorityAlgorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    public static IServiceCollection AddWebhooksAuthentication(this IServiceCollection services, AuthenticationSettings settings)
    {
        var developmentKey = settings.DevelopmentKeyFile is { } file ? DevelopmentKey.LoadOrCreate(file) : null;
        services
            .AddSingleton<AcceptedTokens>()
            .AddSingleton<ApiKeyAuthentication>()
            .AddSingleton<PortalSessionAuthentication>()
            .AddSingleton<FailedAuthentications>()
            .AddTransient<BearerAuthentication>()
            .AddAuthentication(options =>
            {
                options.DefaultScheme = BearerAuthentication.Scheme;
                options.AddScheme<BearerAuthentication>(BearerAuthentication.Scheme, displayName: null);
            })
            .AddJwtBearer(options => Configure(options, settings, developmentKey));
        services.AddAuthorizationBuilder()
            .AddPolicy(Scopes.ReadWebhooks, Policy(new ScopeRequirement(Scopes.ReadWebhooks)))
            .AddPolicy(Scopes.WriteWebhooks, Policy(new ScopeRequirement(Scopes.WriteWebhooks)))
            .AddPolicy(Scopes.PullDeliveries, Policy(new ScopeRequirement(Scopes.PullDeliveries)))
            .AddPolicy(Scopes.PublishEvents, Policy(new ScopeRequirement(Scopes.PublishEvents, Scopes.PublishEventsForAny)))
            .AddPolicy(Scopes.WriteEventTypes, Policy(new ScopeRequirement(Scopes.WriteEventTypes, Scopes.WriteEventTypes)))
            .AddPolicy(Scopes.Admin, Policy(new ScopeRequirement(Scopes.Admin, Scopes.Admin)));
        return services
            .AddSingleton<IAuthorizationHandler, ScopeAuthorization>()
            .AddSingleton<IAuthorizationMiddlewareResultHandler, AuthorizationAnswers>();
    }

    private static void Configure(JwtBearerOptions options, AuthenticationSettings settings, DevelopmentKey? developmentKey)
    {
        options.MapInboundClaims = false;
        options.SaveToken = false;
        options.Events = new JwtBearerEvents
        {
            OnMessageReceived = RequireAuthorityKeysAsync,
            OnTokenValidated = CheckClaimsAsync,
        };

        var validation = options.TokenValidationParameters;
        validation.ClockSkew = _clockSkew;
        if (developmentKey is not null)
        {
            validation.ValidIssuer = DevelopmentKey.Issuer;
            validation.ValidAudience = DevelopmentKey.Audience;
            validation.IssuerSigningKey = developmentKey.SecurityKey;
            validation.ValidAlgorithms = [SecurityAlgorithms.HmacSha256];
        }
        else
        {
            options.Authority = settings.Authority!.AbsoluteUri;
            options.Audience = settings.Audience;
            validation.ValidAlgorithms = _authorityAlgorithms;
        }
    }

    private static Action<AuthorizationPolicyBuilder> Policy(ScopeRequirement requirement) =>
        policy => policy.RequireAuthenticatedUser().AddRequirements(requirement);

    /// <summary>Without this, an authority that cannot be reached would look like a token with a wrong signature.</summary>
    private static async Task RequireAuthorityKeysAsync(MessageReceivedContext context)
    {
        if (context.Options.ConfigurationManager is not { } authority || context.Request.Headers.Authorization.Count == 0)
        {
            return;
        }

        try
        {
            await authority.GetConfigurationAsync(context.HttpContext.RequestAborted);
        }
        catch (InvalidOperationException unreachable)
        {
            throw new AuthorityUnavailableException(unreachable);
        }
    }

    private static Task CheckClaimsAsync(TokenValidatedContext context)
    {
        if (TokenPayload.Problem(((JsonWebToken)context.SecurityToken).EncodedPayload) is { } problem)
        {
            context.Fail(new AuthenticationFailureException(problem));
        }

        return Task.CompletedTask;
    }
}
