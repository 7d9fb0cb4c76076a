using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Webhooks.Api.Authentication;
using Webhooks.Api.OpenApi;
using Webhooks.Api.Requests;
using Webhooks.Core;
using Webhooks.Core.ApiKeys;
using Webhooks.Core.Events;

namespace Webhooks.Api.ApiKeys;

/// <summary>The key to make. Whether its maker may is not judged here.</summary>
/// <param name="Key">The key.</param>
internal sealed record CreateApiKeyBody(NewApiKey Key) : IRequestBody<CreateApiKeyBody>
{
    /// <summary>Characters of a name.</summary>
    public const int MostNameCharacters = 100;

    private const string NameField = "name";
    private const string ScopesField = "scopes";
    private const string ExpiresAtField = "expires_at";

    public static RequestDescription Description => RequestDescription.CreateApiKey;

    public static int MostBytes(WebhooksLimits limits) => limits.RequestBytes;

    public static CreateApiKeyBody? Read(ReadOnlyMemory<byte> utf8Json, HttpContext context, FieldErrors errors)
    {
        var fields = JsonFields.Of(utf8Json, errors);
        fields.Require(NameField);
        fields.Require(ScopesField);
        var name = ReadName(fields, errors);
        var scopes = ReadScopes(fields, errors);
        var expiresAt = fields.Time(ExpiresAtField);
        if (expiresAt <= context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow())
        {
            errors.Add(ExpiresAtField, "It must be in the future.");
        }

        fields.RefuseOthers();
        return errors.Count > 0
            ? null
            : new CreateApiKeyBody(new NewApiKey(name!, scopes!, expiresAt, MadeBy: context.User.FindApiKeyId()));
    }

    private static string? ReadName(JsonFields fields, FieldErrors errors)
    {
        var name = fields.Text(NameField);
        if (name is not null && (name.Length == 0 || name.EnumerateRunes().Count() > MostNameCharacters || name.Any(char.IsControl)))
        {
            errors.Add(NameField, $"It must have 1 to {MostNameCharacters} characters, none of them a control character.");
        }

        return name;
    }

    private static string[]? ReadScopes(JsonFields fields, FieldErrors errors)
    {
        if (fields.Texts(ScopesField) is not { } named)
        {
            return null;
        }

        if (named.Count == 0)
        {
            errors.Add(ScopesField, "It must not be empty: a key without scopes allows nothing.");
        }

        foreach (var (path, scope) in named)
        {
            if (!Scopes.All.Contains(scope))
            {
                errors.Add(path, $"There is no such scope. The scopes are {string.Join(", ", Scopes.All)}.");
            }
        }

        return [.. named.Select(scope => scope.Text).Distinct(StringComparer.Ordinal)];
    }
}
