using YamlDotNet.RepresentationModel;

namespace Webhooks.Infrastructure.Tests;

public class PipelineTests
{
    public static TheoryData<string> Files =>
        ["azure-pipelines.yml", .. Directory.GetFiles(Path.Combine(Repository.Root, "pipelines"), "*.yml").Select(RelativeToRoot)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_template_that_is_named_exists_and_gets_only_parameters_that_it_declares(string file)
    {
        foreach (var use in Mappings(Load(file)).Where(mapping => mapping.Children.ContainsKey("template")))
        {
            var path = Path.Combine(Path.GetDirectoryName(file)!, use["template"].ToString());
            Assert.True(File.Exists(Path.Combine(Repository.Root, path)), $"{file} uses {path}, which does not exist.");

            Assert.Subset(DeclaredParameters(path), GivenParameters(use));
            Assert.Subset(GivenParameters(use), RequiredParameters(path));
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_template_and_script_that_is_named_exists(string file)
    {
        string[] folders = ["infra/", "pipelines/"];
        var words = File.ReadAllText(Path.Combine(Repository.Root, file)).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);

        foreach (var path in words.Where(word => folders.Any(folder => word.StartsWith(folder, StringComparison.Ordinal))))
        {
            Assert.True(Path.Exists(Path.Combine(Repository.Root, path)), $"{file} names {path}, which does not exist.");
        }
    }

    [Fact]
    public void Dev_comes_before_prod_and_both_after_the_tests()
    {
        var stages = (YamlSequenceNode)Load("azure-pipelines.yml")["stages"];
        var environments = Mappings(stages).Where(mapping => mapping.Children.ContainsKey("template"))
            .Where(mapping => mapping["template"].ToString() == "pipelines/environment.yml")
            .Select(mapping => (mapping["parameters"]["environment"].ToString(), mapping["parameters"]["after"].ToString()));

        Assert.Equal([("dev", "build"), ("prod", "deploy_dev")], environments);
    }

    [Fact]
    public void What_comes_before_the_approval_uses_an_identity_that_can_only_read()
    {
        const string Deploying = "webhooks-${{ parameters.environment }}";
        var stages = Mappings(Load("pipelines/environment.yml")["stages"]).Where(mapping => mapping.Children.ContainsKey("stage"));
        var connections = stages.ToDictionary(stage => stage["stage"].ToString().Split('_')[0], ConnectionsOf);

        Assert.Equal([$"{Deploying}-preview"], connections["preview"]);
        Assert.Equal([Deploying], connections["deploy"]);
        Assert.DoesNotContain(Mappings(Load("pipelines/build.yml")), mapping => mapping.Children.ContainsKey("azureSubscription"));
    }

    [Fact]
    public void Every_environment_has_a_parameter_file()
    {
        var parameters = Directory.GetFiles(Repository.Templates, "*.bicepparam").Select(Path.GetFileNameWithoutExtension);
        var environment = Parameters("pipelines/environment.yml").Single(parameter => parameter["name"].ToString() == "environment");

        Assert.Equal(parameters.Order(), ((YamlSequenceNode)environment["values"]).Select(value => value.ToString()).Order());
    }

    /// <summary>The service connections of a stage's steps, those that it names itself and those that it gives to templates.</summary>
    private static IEnumerable<string> ConnectionsOf(YamlMappingNode stage) => Mappings(stage)
        .SelectMany(mapping => mapping.Children)
        .Where(child => child.Key.ToString() is "azureSubscription" or "serviceConnection")
        .Select(child => child.Value.ToString())
        .Distinct();

    private static string RelativeToRoot(string path) => Path.GetRelativePath(Repository.Root, path);

    private static YamlMappingNode Load(string file)
    {
        using var reader = File.OpenText(Path.Combine(Repository.Root, file));
        var yaml = new YamlStream();
        yaml.Load(reader);
        return (YamlMappingNode)yaml.Documents.Single().RootNode;
    }

    private static IEnumerable<YamlMappingNode> Mappings(YamlNode node) => node.AllNodes.OfType<YamlMappingNode>();

    private static HashSet<string> GivenParameters(YamlMappingNode use) =>
        use.Children.TryGetValue("parameters", out var given)
            ? [.. ((YamlMappingNode)given).Children.Keys.Select(key => key.ToString())]
            : [];

    private static HashSet<string> DeclaredParameters(string file) =>
        [.. Parameters(file).Select(parameter => parameter["name"].ToString())];

    private static HashSet<string> RequiredParameters(string file) =>
    [
        .. Parameters(file)
            .Where(parameter => !parameter.Children.ContainsKey("default"))
            .Select(parameter => parameter["name"].ToString()),
    ];

    private static IEnumerable<YamlMappingNode> Parameters(string file) =>
        Load(file).Children.TryGetValue("parameters", out var parameters) ? ((YamlSequenceNode)parameters).Cast<YamlMappingNode>() : [];
}
