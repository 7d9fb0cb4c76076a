using System.Reflection;

namespace Webhooks.Core.Postgres;

/// <summary>A step of the schema: an embedded SQL file.</summary>
/// <param name="Name">The file's name without extension, as in <c>0001_foundation</c>.</param>
/// <param name="Sql">Its statements.</param>
internal sealed record Migration(string Name, string Sql)
{
    private const string Folder = "Webhooks.Core.Postgres.Migrations.";
    private const string Extension = ".sql";

    /// <summary>All of this version, in the order in which they are applied.</summary>
    public static IReadOnlyList<Migration> All { get; } = [.. Load(typeof(Migration).Assembly).OrderBy(
        migration => migration.Name, StringComparer.Ordinal)];

    private static IEnumerable<Migration> Load(Assembly assembly) =>
        from resource in assembly.GetManifestResourceNames()
        where resource.StartsWith(Folder, StringComparison.Ordinal) && resource.EndsWith(Extension, StringComparison.Ordinal)
        select new Migration(resource[Folder.Length..^Extension.Length], Read(assembly, resource));

    private static string Read(Assembly assembly, string resource)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd();
    }
}
