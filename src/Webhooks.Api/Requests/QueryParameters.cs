namespace Webhooks.Api.Requests;

/// <summary>Endpoint metadata: every query parameter of an operation.</summary>
internal sealed record QueryParameters(IReadOnlyList<QueryParameter> All);
