using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Webhooks.Functions.Tests.Hosting;
using Webhooks.Testing;

namespace Webhooks.Functions.Tests;

/// <summary>What the log levels of host.json let through, by the rules of the logging that reads them.</summary>
public sealed class HostLoggingTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection()
        .AddLogging(logging => logging.AddProvider(new LogRecorder()).AddConfiguration(new ConfigurationBuilder()
            .AddJsonFile(Path.Combine(AppContext.BaseDirectory, "host.json")).Build().GetSection("logging")))
        .BuildServiceProvider();

    public void Dispose() => _services.Dispose();

    [Fact]
    public void What_the_task_hub_says_of_each_step_is_quiet_and_its_warnings_are_not()
    {
        // The Durable Task extension logs under the name of the orchestration or activity.
        Assert.All(["DeliverWebhook", "AttemptDelivery"], name => Assert.Equal(LogLevel.Warning, Lowest(UserCategory(name))));
        Assert.All(["DurableTask.AzureStorage", "DurableTask.Core", "Host.Triggers.DurableTask"],
            category => Assert.Equal(LogLevel.Warning, Lowest(category)));
    }

    [Fact]
    public void What_the_app_says_in_any_function_is_shown()
    {
        // An orchestrator says nothing: it would say it again at every replay.
        var functions = AppFunction.All.Where(function => function.Attribute<OrchestrationTriggerAttribute>() is null).ToList();

        Assert.NotEmpty(functions);
        Assert.All(functions, function => Assert.Equal(LogLevel.Information, Lowest(UserCategory(function.Name))));
    }

    [Fact]
    public void What_the_host_says_of_each_call_is_quiet() =>
        Assert.All(AppFunction.All, function => Assert.Equal(LogLevel.Warning, Lowest($"Function.{function.Name}")));

    [Fact]
    public void An_answer_of_the_storage_account_that_its_asker_expects_is_no_warning() =>
        Assert.Equal(LogLevel.Error, Lowest("Azure.Core"));

    private static string UserCategory(string name) => $"Function.{name}.User";

    private LogLevel Lowest(string category)
    {
        var logger = _services.GetRequiredService<ILoggerFactory>().CreateLogger(category);
        return Enum.GetValues<LogLevel>().First(logger.IsEnabled);
    }
}
