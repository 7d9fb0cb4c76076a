using System.CommandLine;
using System.CommandLine.Parsing;
using Webhooks.Api.Authentication;
using Webhooks.Core;

namespace Webhooks.Server.Commands;

/// <summary>The command line: without a command, the server.</summary>
internal static class WebhooksCommand
{
    public static RootCommand Create()
    {
        var local = new Option<bool>("--local")
        {
            Description =
                "Use a PostgreSQL and a queue that are started here and stopped again, and keys and data in WEBHOOKS_DATA (.data).",
            Recursive = true,
        };
        var urls = new Option<string?>("--urls")
        {
            Description = "Where to listen, for example http://0.0.0.0:8084. Without it: http://localhost and PORT (8084).",
        };
        var root = new RootCommand("Sends webhooks: accepts events, signs them, delivers them with retries, and records every attempt.")
        {
            local, urls,
        };
        root.SetAction((result, cancellationToken) =>
            ServeCommand.RunAsync(result.GetValue(local), result.GetValue(urls), cancellationToken));
        root.Add(CreateFunctions());
        root.Add(CreateMigrate(local));
        root.Add(CreateReencrypt(local));
        root.Add(CreateToken(local));
        return root;
    }

    private static Command CreateFunctions()
    {
        var app = new Option<DirectoryInfo>("--app") { Description = "The directory of the built app.", Required = true };
        var functions = new Command(
            "functions", "Runs the Azure Functions app under the Core Tools on this machine; ./run functions builds it before.") { app };
        functions.SetAction((result, cancellationToken) => FunctionsCommand.RunAsync(result.GetValue(app)!.FullName, cancellationToken));
        return functions;
    }

    private static Command CreateMigrate(Option<bool> local)
    {
        var migrate = new Command("migrate", "Brings the database's schema up to date, as the server does when it starts.");
        migrate.SetAction((result, cancellationToken) => MigrateCommand.RunAsync(result.GetValue(local), cancellationToken));
        return migrate;
    }

    private static Command CreateReencrypt(Option<bool> local)
    {
        var reencrypt = new Command("reencrypt", "Encrypts the webhooks' secrets with the newest key, so that older keys can be retired.");
        reencrypt.SetAction((result, cancellationToken) => ReencryptCommand.RunAsync(result.GetValue(local), cancellationToken));
        return reencrypt;
    }

    private static Command CreateToken(Option<bool> local)
    {
        var organization = new Option<Guid?>("--org")
        {
            Description = "The organization's id, a UUID. A token for any organization (admin, events:publish:any) needs none.",
            CustomParser = ParseUuid,
        };
        var scopes = new Option<string[]>("--scope")
        {
            Description = "What the token allows; may be repeated.",
            DefaultValueFactory = _ => [.. DevelopmentTokens.OrganizationScopes],
        };
        scopes.AcceptOnlyFromAmong([.. Scopes.All]);
        var lifetime = new Option<TimeSpan>("--lifetime")
        {
            Description = "How long it is valid, as hh:mm:ss or days.hh:mm:ss.",
            DefaultValueFactory = _ => TimeSpan.FromDays(1),
            CustomParser = ParseLifetime,
        };
        var token = new Command("token", "Prints a token for the API, signed with the development key.") { organization, scopes, lifetime };
        token.Validators.Add(result =>
        {
            if (result.GetResult(organization) is null && !result.GetValue(scopes)!.Any(DevelopmentTokens.IsForAnyOrganization))
            {
                result.AddError("Option '--org' is required.");
            }
        });
        token.SetAction(result => TokenCommand.Run(
            result.GetValue(local), result.GetValue(organization), result.GetValue(scopes)!, result.GetValue(lifetime)));
        return token;
    }

    private static Guid? ParseUuid(ArgumentResult argument)
    {
        var text = argument.Tokens.Single().Value;
        if (!UuidText.TryParse(text, out var id))
        {
            argument.AddError($"'{text}' is not a UUID; --org takes one like 0197a000-0000-7000-8000-000000000001.");
        }

        return id;
    }

    private static TimeSpan ParseLifetime(ArgumentResult argument)
    {
        try
        {
            return WebhooksOptions.ParseDuration(argument.Tokens.Single().Value);
        }
        catch (FormatException invalid)
        {
            argument.AddError(invalid.Message);
            return default;
        }
    }
}
