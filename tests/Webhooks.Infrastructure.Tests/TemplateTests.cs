using System.Text.RegularExpressions;

namespace Webhooks.Infrastructure.Tests;

public partial class TemplateTests
{
    [Fact]
    public async Task Every_template_builds_without_a_warning()
    {
        using var bicep = Bicep.OnThisMachine();

        var result = await bicep.RunAsync("build", "--pattern", "**/*.bicep", "--outdir", "built");

        AssertSilent(result);
        var templates = Directory.GetFiles(Repository.Templates, "*.bicep", SearchOption.AllDirectories);
        var built = Directory.GetFiles(Path.Combine(bicep.Folder, "built"), "*.json", SearchOption.AllDirectories);
        Assert.Equal(templates.Select(Path.GetFileNameWithoutExtension).Order(), built.Select(Path.GetFileNameWithoutExtension).Order());
    }

    [Fact]
    public async Task Every_template_passes_the_linter()
    {
        using var bicep = Bicep.OnThisMachine();

        AssertSilent(await bicep.RunAsync("lint", "--pattern", "**/*.bicep"));
    }

    [Theory]
    [InlineData("dev")]
    [InlineData("prod")]
    public async Task The_parameters_of_an_environment_build_without_a_warning(string environment)
    {
        using var bicep = Bicep.OnThisMachine();

        var result = await bicep.RunAsync("build-params", $"{environment}.bicepparam", "--outfile", "parameters.json");

        AssertSilent(result);
    }

    [Fact]
    public async Task The_linter_is_strict_enough_to_refuse_an_unused_parameter()
    {
        using var bicep = Bicep.OnThisMachine();
        await File.WriteAllTextAsync(
            Path.Combine(bicep.Folder, "careless.bicep"), "param unused string\n", TestContext.Current.CancellationToken);

        var result = await bicep.RunAsync("lint", "careless.bicep");

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("Error no-unused-params", result.Errors);
    }

    [Fact]
    public async Task Every_template_is_formatted()
    {
        using var bicep = Bicep.OnThisMachine();

        AssertSilent(await bicep.RunAsync("format", "--pattern", "**/*.bicep"));

        foreach (var template in Directory.GetFiles(Repository.Templates, "*.bicep", SearchOption.AllDirectories))
        {
            var relative = Path.GetRelativePath(Repository.Templates, template);
            Assert.True(
                File.ReadAllText(template) == File.ReadAllText(Path.Combine(bicep.Folder, relative)),
                $"Run 'bicep format' on infra/bicep/{relative}.");
        }
    }

    [Theory]
    [InlineData("dev")]
    [InlineData("prod")]
    public void The_documentation_names_every_variable_that_an_environment_reads(string environment)
    {
        var parameters = File.ReadAllText(Path.Combine(Repository.Templates, $"{environment}.bicepparam"));
        var documentation = File.ReadAllText(Path.Combine(Repository.Root, "docs", "azure.md"));

        var variables = VariableRead().Matches(parameters).Select(match => match.Groups[1].Value).ToArray();

        Assert.NotEmpty(variables);
        Assert.All(variables, variable => Assert.Contains($"{variable}=", documentation, StringComparison.Ordinal));
    }

    /// <summary>The CLI exits with 0 after warnings, but is silent only where there is none.</summary>
    private static void AssertSilent(ProcessResult result)
    {
        Assert.Equal("", result.Output + result.Errors);
        Assert.Equal(0, result.ExitCode);
    }

    [GeneratedRegex(@"readEnvironmentVariable\('(\w+)'")]
    private static partial Regex VariableRead();
}
