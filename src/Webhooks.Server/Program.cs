using System.CommandLine;
using Webhooks.Server.Commands;

using var termination = new Termination();
var commandLine = WebhooksCommand.Create().Parse(args);
if (commandLine.Errors.Count > 0)
{
    return FailureReport.ShowMisuse(commandLine.Errors.Select(error => error.Message));
}

// The commands stop in order by themselves, and take the time they need.
var invocation = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
return await FailureReport.RunAsync(() => commandLine.InvokeAsync(invocation, termination.Requested), termination.Requested);
