using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Webhooks.Api.OpenApi;
using Webhooks.Api.Requests;
using Webhooks.Core;
using Webhooks.Core.Events;
using Webhooks.Core.Pull;
using Webhooks.Core.Sending;

namespace Webhooks.Api.Pull;

/// <summary>What a receiver reports of deliveries that it has pulled.</summary>
/// <param name="Results">In order; no delivery twice.</param>
internal sealed record PullResultsBody(IReadOnlyList<PullResult> Results) : IRequestBody<PullResultsBody>
{
    /// <summary>Characters of an error.</summary>
    public const int MostErrorCharacters = 1000;

    /// <summary>Milliseconds of a duration: an hour, and so more than a lease.</summary>
    public const int LongestDuration = 60 * 60 * 1000;

    private const string IdField = "id";
    private const string LeaseTokenField = "lease_token";
    private const string StatusField = "status";
    private const string BodyField = "body";
    private const string ErrorField = "error";
    private const string DurationField = "duration_ms";

    public static RequestDescription Description => RequestDescription.ReportPulled;

    public static int MostBytes(WebhooksLimits limits) => limits.PublishBytes;

    public static PullResultsBody? Read(ReadOnlyMemory<byte> utf8Json, HttpContext context, FieldErrors errors)
    {
        var array = JsonBody.ParseArray(utf8Json.Span);
        var count = array.GetArrayLength();
        if (count is 0 or > PullLease.Most)
        {
            throw new BadHttpRequestException($"The array must have 1 to {PullLease.Most} results, but it has {count}.");
        }

        var options = context.RequestServices.GetRequiredService<WebhooksOptions>();
        var results = new List<PullResult>(count);
        var known = new HashSet<Guid>();
        foreach (var (index, item) in array.EnumerateArray().Index())
        {
            if (item.ValueKind != JsonValueKind.Object)
            {
                errors.Add($"[{index}]", "It must be an object.");
            }
            else if (ReadResult(new JsonFields(item, errors, $"[{index}]."), $"[{index}].", options, errors) is { } result)
            {
                results.Add(result);
                if (!known.Add(result.DeliveryId))
                {
                    errors.Add($"[{index}].{IdField}", "The delivery is reported twice. Report each result once.");
                }
            }
        }

        return errors.Count > 0 ? null : new PullResultsBody(results);
    }

    private static PullResult? ReadResult(JsonFields fields, string path, WebhooksOptions options, FieldErrors errors)
    {
        var id = ReadId(fields, IdField, path, errors);
        var token = ReadId(fields, LeaseTokenField, path, errors);
        var status = fields.WholeNumber(StatusField, least: 100, most: 599);
        var body = fields.Text(BodyField);
        var error = fields.TextOrNull(ErrorField, MostErrorCharacters);
        var duration = fields.WholeNumber(DurationField, least: 0, LongestDuration);
        fields.Require(IdField);
        fields.Require(LeaseTokenField);
        fields.RefuseOthers();
        SendOutcome? outcome = (status, error, body) switch
        {
            ({ } answered, null, _) => new SendOutcome.Answered(answered, Kept(body ?? "", options.Limits.ResponseBytes)),
            (null, { Length: > 0 } reported, null) => PullResult.Failure(reported, options.AttemptTimeout),
            _ => null,
        };
        if (outcome is null)
        {
            errors.Add(
                path + StatusField,
                "Give either the status of the answer, 100 to 599, and its body if you want, or in their place an error that is not "
                + "empty.");
        }

        return id is null || token is null || outcome is null
            ? null
            : new PullResult(id.Value, token.Value, outcome, duration is { } ms ? TimeSpan.FromMilliseconds(ms) : null);
    }

    private static Guid? ReadId(JsonFields fields, string name, string path, FieldErrors errors)
    {
        if (fields.Text(name) is not { } text)
        {
            return null;
        }

        if (Guid.TryParseExact(text, "D", out var id))
        {
            return id;
        }

        errors.Add(path + name, "It must be a UUID, as the pull gave it.");
        return null;
    }

    /// <summary>As much of an answer's body as is kept of one that the system gets itself.</summary>
    private static string Kept(string body, int mostBytes)
    {
        if (Encoding.UTF8.GetByteCount(body) <= mostBytes)
        {
            return body;
        }

        var bytes = Encoding.UTF8.GetBytes(body).AsSpan();
        var length = mostBytes;
        while ((bytes[length] & 0b1100_0000) == 0b1000_0000)
        {
            length--;
        }

        return Encoding.UTF8.GetString(bytes[..length]);
    }
}
