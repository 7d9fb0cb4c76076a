using System.Diagnostics;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;
using Webhooks.Api.Authentication;
using Webhooks.Api.Requests;
using Webhooks.Core.Organizations;
using Webhooks.Core.Postgres;
using Webhooks.Core.Secrets;
using Webhooks.Core.Transforms;

namespace Webhooks.Api.Problems;

/// <summary>The problem for the caller that an endpoint's exception becomes, and the log line where it is the operator's concern.</summary>
internal sealed partial class ExceptionProblems(DatabaseOutages outages, ILogger<ExceptionProblems> logger)
{
    private const string RetryAfterSeconds = "5";

    /// <summary>Answers a request whose endpoint threw.</summary>
    public Task WriteAsync(HttpContext context)
    {
        var thrown = context.Features.GetRequiredFeature<IExceptionHandlerFeature>();
        var problem = Describe(thrown.Error, DatabaseOutages.NameOf(thrown.Endpoint));
        var headers = context.Response.Headers;
        switch (problem.Status)
        {
            case StatusCodes.Status415UnsupportedMediaType:
                // RFC 9110, section 15.5.16: what would have been accepted.
                headers.AcceptEncoding = RequestBody.AcceptedEncoding;
                break;
            case StatusCodes.Status503ServiceUnavailable:
                headers.RetryAfter = RetryAfterSeconds;
                break;
        }

        return context.Response.WriteProblemAsync(problem);
    }

    private ProblemDetails Describe(Exception exception, string operation)
    {
        switch (exception)
        {
            case BadHttpRequestException bad:
                return Describe(bad);
            case InvalidRequestException invalid:
                return invalid.Problem;
            case ErasedOrganizationException erased:
                return ProblemKind.OrganizationErased.Details($"{erased.Message} Use another organization's id.");
            case SecretUnavailableException:
                LogSecretUnavailable(operation, exception.Message);
                return ProblemKind.SecretUnavailable.Details(
                    "Nothing was sent or changed. Try again in a while; the operators' log says what is missing.");
            case TransformsBusyException:
                return ProblemKind.TransformsBusy.Details(
                    "Scripts that take long wait for one another, and this one did not get its turn. Nothing was sent or changed; try "
                    + "again in a while.");
            case AuthorityUnavailableException:
                LogAuthorityUnavailable(operation, exception.InnerException?.Message ?? exception.Message);
                return ProblemKind.AuthorityUnavailable.Details(
                    "The authority that issues the tokens does not answer. Try again in a few seconds.");
            case { } outage when DatabaseFailure.IsOutage(outage):
                outages.Lost(operation, outage);
                return ProblemKind.DatabaseUnavailable.Details(
                    "Try again in a few seconds. An event with an id can be published again without being delivered twice.");
            default:
                return DescribeUnexpected(exception, operation);
        }
    }

    /// <summary>What the server or <see cref="Requests"/> could not read; these messages are written for the caller.</summary>
    private static ProblemDetails Describe(BadHttpRequestException bad)
    {
        var kind = bad.StatusCode switch
        {
            StatusCodes.Status413PayloadTooLarge => ProblemKind.BodyTooLarge,
            StatusCodes.Status415UnsupportedMediaType => ProblemKind.UnsupportedEncoding,
            _ => ProblemKind.MalformedBody,
        };
        var problem = kind.Details(bad.Message);
        problem.Status = bad.StatusCode;
        return problem;
    }

    private ProblemDetails DescribeUnexpected(Exception exception, string operation)
    {
        var traceId = Activity.Current?.TraceId.ToString() ?? Guid.NewGuid().ToString("N");
        LogUnexpected(operation, traceId, exception);
        var problem = ProblemKind.InternalError.Details("It has been logged. If it happens again, tell the operators the trace_id.");
        problem.Extensions["trace_id"] = traceId;
        return problem;
    }

    [LoggerMessage(1, LogLevel.Error, "webhook API: {Operation} failed unexpectedly, trace {TraceId}")]
    private partial void LogUnexpected(string operation, string traceId, Exception exception);

    [LoggerMessage(3, LogLevel.Error, "webhook API: {Operation} answered 503, a webhook's secret is unavailable: {Reason}")]
    private partial void LogSecretUnavailable(string operation, string reason);

    [LoggerMessage(4, LogLevel.Error, "webhook API: {Operation} answered 503, the token authority does not answer: {Reason}")]
    private partial void LogAuthorityUnavailable(string operation, string reason);
}
