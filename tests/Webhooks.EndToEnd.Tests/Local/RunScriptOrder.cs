namespace Webhooks.EndToEnd.Tests.Local;

/// <summary>The order of the tests of <c>./run</c>: what it builds is there before the first, and they run one after the other.</summary>
[CollectionDefinition(RunScript.Collection)]
public sealed class RunScriptOrder : ICollectionFixture<BuiltApps>;
