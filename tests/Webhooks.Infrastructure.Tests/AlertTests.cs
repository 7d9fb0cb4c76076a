using System.Text.Json;
using System.Text.RegularExpressions;

namespace Webhooks.Infrastructure.Tests;

/// <summary>The rules for Prometheus, the runbook that goes with them, and the dashboard for Grafana.</summary>
public sealed partial class AlertTests
{
    private const string Promtool = "/usr/bin/promtool";

    private static readonly string _prometheus = Path.Combine(Repository.Root, "deploy", "prometheus");
    private static readonly string _rules = File.ReadAllText(Path.Combine(_prometheus, "webhooks.rules.yml"));

    private static IEnumerable<string> Alerts => Alert().Matches(_rules).Select(match => match.Groups[1].Value);

    [Theory]
    [InlineData("check", "rules", "webhooks.rules.yml")]
    [InlineData("check", "config", "prometheus.yml")]
    [InlineData("test", "rules", "webhooks.rules.test.yml")]
    public async Task Prometheus_loads_the_rules_and_each_fires_when_it_should(params string[] arguments)
    {
        Assert.SkipUnless(File.Exists(Promtool), "Prometheus is not installed: apt-get install prometheus.");

        var result = await CommandLine.RunAsync(
            Promtool, arguments, _prometheus, new Dictionary<string, string>(), TestContext.Current.CancellationToken);

        Assert.True(result.ExitCode == 0, result.Output + result.Errors);
    }

    [Fact]
    public void Each_alert_has_a_test_that_it_fires()
    {
        var tests = File.ReadAllText(Path.Combine(_prometheus, "webhooks.rules.test.yml"));

        Assert.NotEmpty(Alerts);
        Assert.All(Alerts, alert => Assert.Matches($@"alertname: {alert}\n +exp_alerts:\n +- exp_labels:", tests));
    }

    [Fact]
    public void Each_alert_has_a_line_in_the_operators_page_that_says_what_to_do_and_each_line_an_alert()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "operating.md"));

        var lines = RunbookLine().Matches(page).Select(match => match.Groups[1].Value);

        Assert.Equal(Alerts.Order(StringComparer.Ordinal), lines.Order(StringComparer.Ordinal));
        Assert.Equal(Alerts.Count(), Runbook().Count(_rules));
    }

    [Fact]
    public void The_dashboard_is_one_that_grafana_imports()
    {
        using var stream = File.OpenRead(Path.Combine(Repository.Root, "deploy", "grafana", "webhooks.json"));
        using var document = JsonDocument.Parse(stream);
        var panels = document.RootElement.GetProperty("panels").EnumerateArray().ToArray();

        Assert.Equal("Webhooks", document.RootElement.GetProperty("title").GetString());
        var source = Assert.Single(document.RootElement.GetProperty("templating").GetProperty("list").EnumerateArray());
        Assert.Equal("datasource", source.GetProperty("type").GetString());
        Assert.Equal(panels.Length, panels.Select(panel => panel.GetProperty("id").GetInt32()).Distinct().Count());
        Assert.All(
            panels.Where(panel => panel.GetProperty("type").GetString() != "row"),
            panel => Assert.All(panel.GetProperty("targets").EnumerateArray(), target =>
            {
                Assert.NotEmpty(target.GetProperty("expr").GetString()!);
                Assert.Equal("${source}", target.GetProperty("datasource").GetProperty("uid").GetString());
            }));
    }

    [GeneratedRegex(@"- alert: (\w+)")]
    private static partial Regex Alert();

    [GeneratedRegex(@"runbook: docs/operating\.md#alerts")]
    private static partial Regex Runbook();

    [GeneratedRegex(@"^\| `(Webhooks\w+)` \| [^|]{10,} \| [^|]{10,} \|$", RegexOptions.Multiline)]
    private static partial Regex RunbookLine();
}
