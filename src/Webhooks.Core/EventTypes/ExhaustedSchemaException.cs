namespace Webhooks.Core.EventTypes;

/// <summary>Data would take too many steps to be held against a schema, or refers to itself without end.</summary>
internal sealed class ExhaustedSchemaException() : Exception("The schema takes too many steps to evaluate.");
