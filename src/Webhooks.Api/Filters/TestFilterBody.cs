using Microsoft.AspNetCore.Http;
using Webhooks.Api.OpenApi;
using Webhooks.Api.Requests;
using Webhooks.Core;
using Webhooks.Core.Events;
using Webhooks.Core.Filters;

namespace Webhooks.Api.Filters;

/// <summary>A filter to try, and the payload to try it on.</summary>
internal sealed record TestFilterBody(Filter Filter, FilterPayload Payload) : IRequestBody<TestFilterBody>
{
    private const string FilterField = "filter";
    private const string PayloadField = "payload";

    public static RequestDescription Description => RequestDescription.TestFilter;

    public static int MostBytes(WebhooksLimits limits) => limits.PublishBytes;

    public static TestFilterBody? Read(ReadOnlyMemory<byte> utf8Json, HttpContext context, FieldErrors errors)
    {
        var fields = JsonFields.Of(utf8Json, errors);
        var filter = fields.Value(FilterField) is { } pattern ? FilterCompiler.Compile(pattern, FilterField, errors) : null;
        var payload = fields.Value(PayloadField) is { } given ? FilterPayload.Read(given, PayloadField, errors) : null;
        fields.Require(FilterField);
        fields.Require(PayloadField);
        fields.RefuseOthers();
        return errors.Count > 0 ? null : new TestFilterBody(filter!, payload!);
    }
}
