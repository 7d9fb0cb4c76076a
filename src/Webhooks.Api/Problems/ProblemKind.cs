using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;

namespace Webhooks.Api.Problems;

/// <summary>A kind of error that the API answers with (RFC 9457). Its type URI is part of the API and never changes.</summary>
/// <param name="Status">The HTTP status code.</param>
/// <param name="Code">The end of the type URI.</param>
/// <param name="Title">The kind in a few words, the same every time.</param>
internal sealed record ProblemKind(int Status, string Code, string Title)
{
    /// <summary>The media type of every error.</summary>
    public const string MediaType = "application/problem+json";

    public static readonly ProblemKind MalformedBody = new(400, "malformed-body", "The request body cannot be used");
    public static readonly ProblemKind InvalidRequest = new(400, "invalid-request", "The request is not valid");
    public static readonly ProblemKind Unauthenticated = new(401, "unauthenticated", "A valid bearer token is needed");
    public static readonly ProblemKind Forbidden = new(403, "forbidden", "The token does not allow this");
    public static readonly ProblemKind NotFound = new(404, "not-found", "There is no such thing");
    public static readonly ProblemKind MethodNotAllowed = new(405, "method-not-allowed", "The method is not allowed here");
    public static readonly ProblemKind TooManyWebhooks = new(
        409, "too-many-webhooks", "The organization has as many webhooks as it may have");
    public static readonly ProblemKind TooManyApiKeys = new(
        409, "too-many-api-keys", "The organization has as many API keys as it may have");
    public static readonly ProblemKind TooManyPortalSessions = new(
        409, "too-many-portal-sessions", "The organization has as many portal sessions as it may have at once");
    public static readonly ProblemKind ShownOnce = new(
        409, "shown-once", "The API key was made under the same Idempotency-Key before, and is shown once");
    public static readonly ProblemKind OrganizationErased = new(409, "organization-erased", "The organization is erased");
    public static readonly ProblemKind MadeAndDeleted = new(
        409, "made-and-deleted", "What the request made under its Idempotency-Key has been deleted");
    public static readonly ProblemKind ReusedEventId = new(409, "reused-event-id", "The event's id was used for another event");
    public static readonly ProblemKind EventTypeExists = new(409, "event-type-exists", "There is an event type of that name");
    public static readonly ProblemKind EventTypeKept = new(409, "event-type-kept", "The event type cannot be deleted");
    public static readonly ProblemKind OverlapRuns = new(409, "secret-overlap-runs", "The secret was rotated, and the old one still signs");
    public static readonly ProblemKind NoOverlap = new(409, "no-secret-overlap", "The webhook has one secret only");
    public static readonly ProblemKind WebhookInactive = new(409, "webhook-inactive", "The webhook is not active");
    public static readonly ProblemKind NotPulled = new(409, "not-pulled", "The webhook's deliveries are posted");
    public static readonly ProblemKind DeliveryFinished = new(409, "delivery-finished", "The delivery is finished");
    public static readonly ProblemKind DeliveryRedacted = new(409, "delivery-redacted", "What the delivery sent has been erased");
    public static readonly ProblemKind NotSent = new(409, "not-sent", "The attempt has not been made");
    public static readonly ProblemKind RecoveryRuns = new(409, "recovery-runs", "The webhook has a recovery that is not finished");
    public static readonly ProblemKind RecoveryEnded = new(409, "recovery-ended", "The recovery has ended");
    public static readonly ProblemKind ChangedMeanwhile = new(412, "changed-meanwhile", "It was changed since you read it");
    public static readonly ProblemKind BodyTooLarge = new(413, "body-too-large", "The request body is too large");
    public static readonly ProblemKind UnsupportedEncoding = new(
        415, "unsupported-encoding", "The request body is encoded in a way that is not read");
    public static readonly ProblemKind ReusedIdempotencyKey = new(
        422, "reused-idempotency-key", "The Idempotency-Key was used for another request");
    public static readonly ProblemKind TooManyFailures = new(
        429, "too-many-failed-authentications", "Too many tokens from this address were not valid");
    public static readonly ProblemKind MoreThanBurst = new(
        413, "more-than-burst", "The organization may not publish so many events at once");
    public static readonly ProblemKind PublishLimit = new(429, "publish-limit", "The organization publishes more than it may");
    public static readonly ProblemKind TooManyTests = new(429, "too-many-tests", "The organization has too many tests under way");
    public static readonly ProblemKind TooManyPulls = new(429, "too-many-pulls", "Too many pulls are under way");
    public static readonly ProblemKind InternalError = new(500, "internal-error", "Something went wrong on our side");
    public static readonly ProblemKind DatabaseUnavailable = new(503, "database-unavailable", "The database does not answer");
    public static readonly ProblemKind SecretUnavailable = new(
        503, "secret-unavailable", "The webhook's secret cannot be read or stored now");
    public static readonly ProblemKind TransformsBusy = new(503, "transforms-busy", "The organization's transforms take too long");
    public static readonly ProblemKind AuthorityUnavailable = new(503, "authority-unavailable", "Tokens cannot be checked now");

    /// <summary>Every kind.</summary>
    public static IReadOnlyList<ProblemKind> All { get; } =
    [
        MalformedBody, InvalidRequest, Unauthenticated, Forbidden, NotFound, MethodNotAllowed, TooManyWebhooks, TooManyApiKeys,
        TooManyPortalSessions, ShownOnce, OrganizationErased, MadeAndDeleted, ReusedEventId, EventTypeExists, EventTypeKept,
        OverlapRuns, NoOverlap, WebhookInactive, NotPulled, DeliveryFinished, DeliveryRedacted, NotSent, RecoveryRuns,
        RecoveryEnded, ChangedMeanwhile, BodyTooLarge, UnsupportedEncoding, ReusedIdempotencyKey, TooManyFailures, PublishLimit,
        MoreThanBurst, TooManyTests, TooManyPulls,
        InternalError, DatabaseUnavailable, SecretUnavailable, TransformsBusy, AuthorityUnavailable,
    ];

    /// <summary>The stable URI in the member <c>type</c>.</summary>
    public string Type => "urn:problem-type:webhooks:" + Code;

    /// <summary>Endpoint metadata: that an answer may be of this kind, without messages by field.</summary>
    public IProducesResponseTypeMetadata Answer => new ProducesResponseTypeMetadata(Status, typeof(ProblemDetails), [MediaType]);

    /// <summary>The problem document of one occurrence.</summary>
    /// <param name="detail">What happened this time and what to do; shown to the caller.</param>
    public ProblemDetails Details(string detail) =>
        Fill(new ProblemDetails(), detail);

    /// <summary>The same, with messages by field.</summary>
    public HttpValidationProblemDetails Details(string detail, IEnumerable<KeyValuePair<string, string[]>> errors) =>
        Fill(new HttpValidationProblemDetails(errors), detail);

    private T Fill<T>(T problem, string detail)
        where T : ProblemDetails
    {
        problem.Type = Type;
        problem.Title = Title;
        problem.Status = Status;
        problem.Detail = detail;
        return problem;
    }
}
