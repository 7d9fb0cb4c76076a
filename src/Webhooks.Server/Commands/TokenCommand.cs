using Webhooks.Core;
using Webhooks.Server.Local;

namespace Webhooks.Server.Commands;

/// <summary>The command that prints a token of the development key.</summary>
internal static class TokenCommand
{
    /// <summary>Prints the token and nothing else on standard output.</summary>
    /// <exception cref="InvalidSettingException">There is no usable development key.</exception>
    public static int Run(bool isLocal, Guid? organization, IReadOnlyList<string> scopes, TimeSpan lifetime)
    {
        var set = Settings.Read([]);
        var tokens = DevelopmentTokens.From(isLocal ? Settings.Read(LocalDefaults.For(set)) : set)
            ?? throw new InvalidSettingException(
                DevelopmentTokens.KeyFilePath,
                "Set it to the server's development key file. Where an authority issues the tokens, get one from there.");
        Console.WriteLine(tokens.Create(organization, scopes, lifetime));
        return 0;
    }
}
