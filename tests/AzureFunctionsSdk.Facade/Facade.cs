namespace Microsoft.Azure.Functions.Worker;

internal static class Facade
{
    internal static NotSupportedException HasNoBehaviour() =>
        new("This build has the facade of the Azure Functions packages, which does nothing. Build with -p:FunctionsSdk=packages.");
}
