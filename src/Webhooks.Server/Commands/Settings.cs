namespace Webhooks.Server.Commands;

/// <summary>The settings of commands that run without a host.</summary>
internal static class Settings
{
    /// <summary>The environment's settings over others.</summary>
    /// <param name="defaults">Settings by configuration path.</param>
    public static IConfiguration Read(Dictionary<string, string?> defaults) =>
        new ConfigurationBuilder().AddInMemoryCollection(defaults).AddEnvironmentVariables().Build();
}
