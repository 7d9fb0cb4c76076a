using System.Reflection;

namespace Webhooks.Infrastructure.Tests;

/// <summary>Where the files under test are.</summary>
internal static class Repository
{
    public static string Root { get; } = Metadata("Repository");

    public static string BicepCli { get; } = Metadata("BicepCli");

    public static string Templates { get; } = Path.Combine(Root, "infra", "bicep");

    private static string Metadata(string key) =>
        typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
