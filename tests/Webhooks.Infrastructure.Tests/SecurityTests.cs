using System.Text.Json.Nodes;
using static Webhooks.Infrastructure.Tests.Environments;

namespace Webhooks.Infrastructure.Tests;

public class SecurityTests(Environments environments)
{
    public static TheoryData<string> Names => ["dev", "prod"];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Storage_has_no_keys_no_anonymous_blobs_and_no_old_TLS(string environment)
    {
        var account = Assert.Single(await environments.ResourcesAsync(environment, "Microsoft.Storage/storageAccounts"))["properties"]!;

        Assert.False(account["allowSharedKeyAccess"]!.GetValue<bool>());
        Assert.False(account["allowBlobPublicAccess"]!.GetValue<bool>());
        Assert.True(account["supportsHttpsTrafficOnly"]!.GetValue<bool>());
        Assert.Equal("TLS1_2", Text(account["minimumTlsVersion"]));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_vault_cannot_be_purged_and_grants_access_by_role(string environment)
    {
        var vault = Assert.Single(await environments.ResourcesAsync(environment, "Microsoft.KeyVault/vaults"))["properties"]!;

        Assert.True(vault["enablePurgeProtection"]!.GetValue<bool>());
        Assert.True(vault["enableSoftDelete"]!.GetValue<bool>());
        Assert.True(vault["enableRbacAuthorization"]!.GetValue<bool>());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_database_knows_no_passwords_and_no_old_TLS(string environment)
    {
        var server = Assert.Single(await environments.ResourcesAsync(environment, "Microsoft.DBforPostgreSQL/flexibleServers"));
        var settings = (await environments.ResourcesAsync(environment, "Microsoft.DBforPostgreSQL/flexibleServers/configurations"))
            .ToDictionary(setting => Text(setting["name"]).Split('/')[1], setting => Text(setting["properties"]!["value"]));

        Assert.Equal("Disabled", Text(server["properties"]!["authConfig"]!["passwordAuth"]));
        Assert.Equal("Enabled", Text(server["properties"]!["authConfig"]!["activeDirectoryAuth"]));
        Assert.Equal("on", settings["require_secure_transport"]);
        Assert.Equal("TLSv1.2", settings["ssl_min_protocol_version"]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_app_takes_https_only_and_is_deployed_without_a_password(string environment)
    {
        var app = Assert.Single(await environments.ResourcesAsync(environment, "Microsoft.Web/sites"))["properties"]!;
        var passwords = await environments.ResourcesAsync(environment, "Microsoft.Web/sites/basicPublishingCredentialsPolicies");

        Assert.True(app["httpsOnly"]!.GetValue<bool>());
        Assert.Equal("1.2", Text(app["siteConfig"]!["minTlsVersion"]));
        Assert.Equal("1.2", Text(app["siteConfig"]!["scmMinTlsVersion"]));
        Assert.Equal("Disabled", Text(app["siteConfig"]!["ftpsState"]));
        Assert.Equal(2, passwords.Length);
        Assert.All(passwords, policy => Assert.False(policy["properties"]!["allow"]!.GetValue<bool>()));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Telemetry_is_taken_from_known_identities_only(string environment)
    {
        var component = Assert.Single(await environments.ResourcesAsync(environment, "Microsoft.Insights/components"));
        var workspace = Assert.Single(await environments.ResourcesAsync(environment, "Microsoft.OperationalInsights/workspaces"));

        Assert.True(component["properties"]!["DisableLocalAuth"]!.GetValue<bool>());
        Assert.True(workspace["properties"]!["features"]!["disableLocalAuth"]!.GetValue<bool>());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task No_resource_holds_a_secret_except_the_vault(string environment)
    {
        var resources = await environments.AllResourcesAsync(environment);
        var withKey = resources.Where(resource => resource.ToJsonString().Contains(Bicep.EncryptionKey, StringComparison.Ordinal));

        Assert.All(withKey, resource => Assert.Equal("Microsoft.KeyVault/vaults/secrets", Text(resource["type"])));
        Assert.All(resources, resource =>
        {
            var json = resource.ToJsonString();
            Assert.DoesNotContain("listKeys", json, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("administratorLoginPassword", json, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("AccountKey", json, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("Password=", json, StringComparison.OrdinalIgnoreCase);
        });
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_app_has_these_roles_and_no_others(string environment)
    {
        var assignments = await environments.ResourcesAsync(environment, "Microsoft.Authorization/roleAssignments");

        string[] expected =
        [
            "Microsoft.Insights/components 3913510d-42f4-4e42-8a64-420c390055eb", // Monitoring Metrics Publisher
            "Microsoft.KeyVault/vaults 4633458b-17de-408a-b874-0445c86b69e6", // Key Vault Secrets User
            "Microsoft.Storage/storageAccounts 0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3", // Storage Table Data Contributor
            "Microsoft.Storage/storageAccounts 974c5e8b-45b9-4653-ba55-5f855dd0fb88", // Storage Queue Data Contributor
            "Microsoft.Storage/storageAccounts b7e6dc6d-f1e8-4753-8033-0f276bb0955b", // Storage Blob Data Owner
        ];
        Assert.Equal(expected, assignments.Select(ScopeAndRole).Order());
    }

    [Fact]
    public async Task Production_is_closed_to_the_internet_except_for_the_app()
    {
        var vault = Assert.Single(await environments.ResourcesAsync("prod", "Microsoft.KeyVault/vaults"));
        var account = Assert.Single(await environments.ResourcesAsync("prod", "Microsoft.Storage/storageAccounts"));
        var server = Assert.Single(await environments.ResourcesAsync("prod", "Microsoft.DBforPostgreSQL/flexibleServers"));

        Assert.Equal("Disabled", Text(vault["properties"]!["publicNetworkAccess"]));
        Assert.Equal("Deny", Text(vault["properties"]!["networkAcls"]!["defaultAction"]));
        Assert.Equal("Disabled", Text(account["properties"]!["publicNetworkAccess"]));
        Assert.Equal("Deny", Text(account["properties"]!["networkAcls"]!["defaultAction"]));
        Assert.Equal("Disabled", Text(server["properties"]!["network"]!["publicNetworkAccess"]));
        Assert.Empty(await environments.ResourcesAsync("prod", "Microsoft.DBforPostgreSQL/flexibleServers/firewallRules"));
    }

    [Fact]
    public async Task Production_reaches_each_service_through_a_private_endpoint_with_a_name()
    {
        var endpoints = await environments.ResourcesAsync("prod", "Microsoft.Network/privateEndpoints");
        var zoneGroups = await environments.ResourcesAsync("prod", "Microsoft.Network/privateEndpoints/privateDnsZoneGroups");
        var zones = await environments.ResourcesAsync("prod", "Microsoft.Network/privateDnsZones");
        var links = await environments.ResourcesAsync("prod", "Microsoft.Network/privateDnsZones/virtualNetworkLinks");

        var services = endpoints
            .Select(endpoint => endpoint["properties"]!["privateLinkServiceConnections"]![0]!)
            .Select(connection => Text(connection["properties"]!["groupIds"]![0]));
        Assert.Equal(["blob", "queue", "table", "vault"], services.Order());
        Assert.Equal(endpoints.Length, zoneGroups.Length);
        Assert.Equal(endpoints.Length + 1, zones.Length); // PostgreSQL has a zone, but no endpoint: it lives in the network.
        Assert.Equal(zones.Length, links.Length);
    }

    [Fact]
    public async Task In_production_the_app_does_not_administer_the_database()
    {
        var administrator = Assert.Single(
            await environments.ResourcesAsync("prod", "Microsoft.DBforPostgreSQL/flexibleServers/administrators"));

        Assert.Equal("Group", Text(administrator["properties"]!["principalType"]));
    }

    private static string ScopeAndRole(JsonNode assignment)
    {
        var scope = Text(assignment["id"]).Split("/providers/Microsoft.Authorization/")[0].Split("/providers/")[1].Split('/');
        var role = Text(assignment["properties"]!["roleDefinitionId"]).Split('/')[^1];
        return $"{scope[0]}/{scope[1]} {role}";
    }
}
