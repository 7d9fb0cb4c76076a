using Webhooks.Server.Commands;

namespace Webhooks.Server.Tests.Commands;

public sealed class TokenCommandTests
{
    [Theory]
    [InlineData("token --scope admin")]
    [InlineData("token --scope events:publish:any")]
    [InlineData("token --scope admin --org 0197a000-0000-7000-8000-000000000001")]
    [InlineData("token --org 0197a000-0000-7000-8000-000000000001")]
    public void A_token_for_any_organization_needs_none(string line) =>
        Assert.Empty(WebhooksCommand.Create().Parse(line).Errors);

    [Theory]
    [InlineData("token", "--org")]
    [InlineData("token --scope webhooks:read", "--org")]
    [InlineData("token --org acme", "acme")]
    [InlineData("token --scope admin --org acme", "acme")]
    [InlineData("token --scope everything --org 0197a000-0000-7000-8000-000000000001", "everything")]
    public void A_token_for_one_organization_must_name_it(string line, string reason) =>
        Assert.Contains(WebhooksCommand.Create().Parse(line).Errors, error => error.Message.Contains(reason, StringComparison.Ordinal));
}
