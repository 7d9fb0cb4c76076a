using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Webhooks.Api.Telemetry;
using Webhooks.Core;
using Webhooks.Core.Postgres;
using Webhooks.Core.Sending;
using Webhooks.Functions;
using Webhooks.Functions.Telemetry;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = LogLevels.Defaults });
builder.Services.AddWebhooksFunctions(builder.Configuration);
builder.Services.AddWorkerTelemetry(builder.Configuration)?.UseFunctionsWorkerDefaults();
using var app = builder.Build();
AllowedNetworks.WarnOfInstanceServices(
    app.Services.GetRequiredService<WebhooksOptions>(), app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Webhooks"));

// Before the first function runs. Of many instances that start at once, one migrates and the others wait for it.
var migrator = app.Services.GetRequiredService<Migrator>();
await app.Services.GetRequiredService<DatabasePatience>().RunAsync(
    () => migrator.MigrateAsync(CancellationToken.None), CancellationToken.None);

await app.RunAsync();
