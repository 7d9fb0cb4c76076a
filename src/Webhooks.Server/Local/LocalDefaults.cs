namespace Webhooks.Server.Local;

/// <summary>
/// Settings of a local run that nobody has set otherwise: keys of its own, and receivers on this machine over plain http.
/// </summary>
internal static class LocalDefaults
{
    private const string AuthorityPath = "Webhooks:Auth:Authority";

    /// <summary>Where a local run keeps everything: <c>WEBHOOKS_DATA</c>.</summary>
    public static string DataDirectory =>
        Path.GetFullPath(Environment.GetEnvironmentVariable("WEBHOOKS_DATA") is { Length: > 0 } path ? path : ".data");

    /// <summary>The settings by configuration path.</summary>
    /// <param name="configuration">What is set: an authority for tokens takes the place of the development key.</param>
    public static Dictionary<string, string?> For(IConfiguration configuration)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Webhooks:AllowedNetworks"] = "127.0.0.0/8,::1/128",
            ["Webhooks:RequireHttps"] = "false",
            ["Webhooks:Secrets:KeyFile"] = Path.Combine(DataDirectory, "secrets.key"),
        };
        if (configuration[AuthorityPath] is null)
        {
            settings["Webhooks:Auth:DevelopmentKeyFile"] = Path.Combine(DataDirectory, "development.key");
        }

        return settings;
    }
}
