using System.Globalization;
using System.Text.RegularExpressions;
using static Webhooks.Infrastructure.Tests.Environments;

namespace Webhooks.Infrastructure.Tests;

public partial class OperationTests(Environments environments)
{
    /// <summary>User connections by size: max_connections less the 15 that Azure keeps for itself.</summary>
    private static readonly Dictionary<string, int> _userConnections = new()
    {
        ["Standard_B2s"] = 414,
        ["Standard_D4ds_v5"] = 1703,
    };

    /// <summary>HTTP, Durable, FanOutEvent and StartDelivery scale on their own, each up to the limit.</summary>
    private const int ScaleGroups = 4;

    public static TheoryData<string> Names => ["dev", "prod"];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_queues_of_the_app_and_their_poison_queues_exist(string environment)
    {
        var queues = await environments.ResourcesAsync(environment, "Microsoft.Storage/storageAccounts/queueServices/queues");

        string[] expected = ["webhook-deliveries", "webhook-deliveries-poison", "webhook-events", "webhook-events-poison"];
        Assert.Equal(expected, queues.Select(queue => Text(queue["name"]).Split('/')[^1]).Order());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_app_runs_on_Flex_Consumption_with_NET_10(string environment)
    {
        var plan = Assert.Single(await environments.ResourcesAsync(environment, "Microsoft.Web/serverfarms"));
        var app = Assert.Single(await environments.ResourcesAsync(environment, "Microsoft.Web/sites"));

        Assert.Equal("FC1", Text(plan["sku"]!["name"]));
        Assert.Equal("dotnet-isolated", Text(app["properties"]!["functionAppConfig"]!["runtime"]!["name"]));
        Assert.Equal("10.0", Text(app["properties"]!["functionAppConfig"]!["runtime"]!["version"]));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_app_gets_every_setting_that_it_reads(string environment)
    {
        var settings = await environments.AppSettingsAsync(environment);

        string[] expected =
        [
            "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
            "APPLICATIONINSIGHTS_CONNECTION_STRING",
            "AZURE_CLIENT_ID",
            "AZURE_TOKEN_CREDENTIALS",
            "AzureWebJobsStorage__accountName",
            "AzureWebJobsStorage__clientId",
            "AzureWebJobsStorage__credential",
            "ConnectionStrings__Webhooks",
            "Webhooks__AllowedOrigins",
            "Webhooks__Auth__Audience",
            "Webhooks__Auth__Authority",
            "Webhooks__Database__Authentication",
            "Webhooks__Portal__Audience",
            "Webhooks__Portal__ClientId",
            "Webhooks__Portal__PublicUrl",
            "Webhooks__Portal__Scope",
            "Webhooks__Secrets__KeyName",
            "Webhooks__Secrets__KeyVault",
        ];
        Assert.Equal(expected.Order(StringComparer.Ordinal), settings.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("managedidentity", settings["AzureWebJobsStorage__credential"]);
        Assert.Equal(Bicep.Authority, settings["Webhooks__Auth__Authority"]);
        Assert.Equal(Bicep.Audience, settings["Webhooks__Auth__Audience"]);
        Assert.Equal("webhooks-encryption-key", settings["Webhooks__Secrets__KeyName"]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_app_verifies_the_database_and_logs_in_as_its_identity(string environment)
    {
        var identity = Assert.Single(await environments.ResourcesAsync(environment, "Microsoft.ManagedIdentity/userAssignedIdentities"));
        var connection = (await environments.AppSettingsAsync(environment))["ConnectionStrings__Webhooks"];

        Assert.Contains("Host={0};Database={1};Username={2};SSL Mode=VerifyFull;", connection, StringComparison.Ordinal);
        Assert.Contains($"'webhooks', '{Text(identity["name"])}'", connection, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task All_instances_together_stay_below_the_connections_of_the_database(string environment)
    {
        var server = Assert.Single(await environments.ResourcesAsync(environment, "Microsoft.DBforPostgreSQL/flexibleServers"));
        var app = Assert.Single(await environments.ResourcesAsync(environment, "Microsoft.Web/sites"));
        var instances = app["properties"]!["functionAppConfig"]!["scaleAndConcurrency"]!["maximumInstanceCount"]!.GetValue<int>();
        var connection = (await environments.AppSettingsAsync(environment))["ConnectionStrings__Webhooks"];
        var poolSize = int.Parse(PoolSize().Match(connection).Groups[1].Value, CultureInfo.InvariantCulture);

        Assert.InRange(ScaleGroups * instances * poolSize, 1, _userConnections[Text(server["sku"]!["name"])]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Alerts_watch_poison_queues_failures_and_the_oldest_delivery_and_are_mailed(string environment)
    {
        var rules = await environments.ResourcesAsync(environment, "Microsoft.Insights/scheduledQueryRules");
        var group = Assert.Single(await environments.ResourcesAsync(environment, "Microsoft.Insights/actionGroups"));
        var queries = string.Join('\n', rules.Select(rule => Text(rule["properties"]!["criteria"]!["allOf"]![0]!["query"])));

        Assert.Equal(3, rules.Length);
        Assert.Contains("\"webhook-events-poison\"", queries, StringComparison.Ordinal);
        Assert.Contains("\"webhook-deliveries-poison\"", queries, StringComparison.Ordinal);
        Assert.Contains("\"webhooks.attempts\"", queries, StringComparison.Ordinal);
        Assert.Contains("\"webhooks.deliveries.oldest_pending\"", queries, StringComparison.Ordinal);
        Assert.Equal(Bicep.AlertEmail, Text(group["properties"]!["emailReceivers"]![0]!["emailAddress"]));
        Assert.All(rules, rule => Assert.Equal(Text(group["id"]), Text(rule["properties"]!["actions"]!["actionGroups"]![0])));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task App_storage_vault_and_database_send_their_diagnostics_to_the_workspace(string environment)
    {
        var diagnostics = await environments.ResourcesAsync(environment, "Microsoft.Insights/diagnosticSettings");

        string[] expected = ["flexibleServers", "sites", "storageAccounts", "vaults"];
        Assert.Equal(expected, diagnostics.Select(setting => Text(setting["id"]).Split("/providers/")[1].Split('/')[1]).Order());
    }

    [Fact]
    public async Task Production_survives_a_zone_and_restores_any_point_of_five_weeks()
    {
        var server = Assert.Single(await environments.ResourcesAsync("prod", "Microsoft.DBforPostgreSQL/flexibleServers"))["properties"]!;
        var account = Assert.Single(await environments.ResourcesAsync("prod", "Microsoft.Storage/storageAccounts"));
        var plan = Assert.Single(await environments.ResourcesAsync("prod", "Microsoft.Web/serverfarms"));

        Assert.Equal("ZoneRedundant", Text(server["highAvailability"]!["mode"]));
        Assert.Equal(35, server["backup"]!["backupRetentionDays"]!.GetValue<int>());
        Assert.Equal("Enabled", Text(server["backup"]!["geoRedundantBackup"]));
        Assert.Equal("Standard_ZRS", Text(account["sku"]!["name"]));
        Assert.True(plan["properties"]!["zoneRedundant"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Production_sends_from_one_address()
    {
        var address = Assert.Single(await environments.ResourcesAsync("prod", "Microsoft.Network/publicIPAddresses"));
        var network = Assert.Single(await environments.ResourcesAsync("prod", "Microsoft.Network/virtualNetworks"))["properties"]!;
        var app = Assert.Single(network["subnets"]!.AsArray(), subnet => Text(subnet!["name"]) == "app")!["properties"]!;

        Assert.Equal("Static", Text(address["properties"]!["publicIPAllocationMethod"]));
        Assert.NotNull(app["natGateway"]);
        Assert.Equal("Microsoft.App/environments", Text(app["delegations"]![0]!["properties"]!["serviceName"]));
    }

    /// <summary>The last argument of the expression that makes the connection string.</summary>
    [GeneratedRegex(@"Maximum Pool Size=\{3\}.*, (\d+)\)\]$")]
    private static partial Regex PoolSize();
}
