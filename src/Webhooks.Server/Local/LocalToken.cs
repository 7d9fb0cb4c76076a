namespace Webhooks.Server.Local;

/// <summary>A token that a local run keeps in its data directory, for whoever wants to try the API.</summary>
internal static class LocalToken
{
    /// <summary>The token's organization.</summary>
    public static readonly Guid Organization = Guid.Parse("0197a000-0000-7000-8000-000000000001");

    private static readonly TimeSpan _lifetime = TimeSpan.FromDays(30);

    /// <summary>Writes a new token that only this user can read.</summary>
    /// <returns>The file's path; null when an authority issues the tokens.</returns>
    public static async Task<string?> WriteAsync(IConfiguration configuration, CancellationToken cancellationToken)
    {
        if (DevelopmentTokens.From(configuration) is not { } tokens)
        {
            return null;
        }

        var file = Path.Combine(LocalDefaults.DataDirectory, "token");
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using var writer = new StreamWriter(file, options);
        await writer.WriteLineAsync(
            tokens.Create(Organization, DevelopmentTokens.OrganizationScopes, _lifetime).AsMemory(), cancellationToken);
        return file;
    }
}
