using Microsoft.Extensions.DependencyInjection;
using Webhooks.Core;
using Webhooks.Server.Queue;

namespace Webhooks.Server.Tests.Queue;

public sealed class QueueServicesTests
{
    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("DefaultEndpointsProtocol=https;AccountName=x;AccountKey=secret")]
    [InlineData("DefaultEndpointsProtocol=https;AccountName=x;AccountKey=secret;EndpointSuffix=core.windows.net")]
    public void A_connection_string_that_is_none_is_refused_without_being_shown(string connectionString)
    {
        var refused = Assert.Throws<InvalidSettingException>(() => new ServiceCollection().AddQueueListener(connectionString));

        Assert.Contains("ConnectionStrings__Queues", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refused.Message, StringComparison.Ordinal);
    }
}
