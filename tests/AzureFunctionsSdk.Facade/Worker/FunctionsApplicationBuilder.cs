using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Builder;

public class FunctionsApplicationBuilder : IHostApplicationBuilder
{
    internal FunctionsApplicationBuilder()
    {
    }

    public IDictionary<object, object> Properties => throw Facade.HasNoBehaviour();

    IConfigurationManager IHostApplicationBuilder.Configuration => Configuration;

    public ConfigurationManager Configuration => throw Facade.HasNoBehaviour();

    public IHostEnvironment Environment => throw Facade.HasNoBehaviour();

    public ILoggingBuilder Logging => throw Facade.HasNoBehaviour();

    public IMetricsBuilder Metrics => throw Facade.HasNoBehaviour();

    public IServiceCollection Services => throw Facade.HasNoBehaviour();

    public IHost Build() => throw Facade.HasNoBehaviour();

    public void ConfigureContainer<TContainerBuilder>(IServiceProviderFactory<TContainerBuilder> factory, Action<TContainerBuilder>? configure = null)
        where TContainerBuilder : notnull => throw Facade.HasNoBehaviour();
}
