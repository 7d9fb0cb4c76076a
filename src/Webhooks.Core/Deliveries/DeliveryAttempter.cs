using Microsoft.Extensions.Logging;
using Webhooks.Core.Secrets;
using Webhooks.Core.Sending;
using Webhooks.Core.Telemetry;
using Webhooks.Core.Transforms;
using Webhooks.Core.Webhooks;

namespace Webhooks.Core.Deliveries;

/// <summary>
/// Makes a claimed delivery's next attempt and decides what follows it. Both hosts attempt through here; recording is the caller's.
/// </summary>
public sealed partial class DeliveryAttempter(
    WebhookSender sender,
    WebhookSigners signers,
    OwnHeaders ownHeaders,
    DeliveryTransforms transforms,
    WebhooksMetrics metrics,
    WebhooksTracing tracing,
    WebhooksOptions options,
    TimeProvider clock,
    ILogger<DeliveryAttempter> logger)
{
    private readonly UnreadableSecrets _unreadable = new();

    /// <summary>
    /// Attempts the delivery, or cancels it when its webhook was deleted or deactivated meanwhile, or somebody wants it so.
    /// </summary>
    /// <exception cref="SecretUnavailableException">The secret cannot be decrypted now; no attempt was made.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled; the receiver may or may not have got the request.</exception>
    public async Task<DeliveryResult> AttemptAsync(ClaimedDelivery delivery, CancellationToken cancellationToken)
    {
        if (delivery.CancelRequested)
        {
            LogCanceledByHand(delivery.WebhookId, delivery.Id);
            return new DeliveryResult(delivery, Attempt: null, new NextStep.Canceled());
        }

        if (delivery.EncryptedSecret is not { } secret || !DeliveryLifecycle.MayAttempt(delivery.WebhookActive, delivery.Test))
        {
            _unreadable.Remove(delivery.WebhookId);
            LogCanceled(delivery.WebhookId, delivery.Id);
            return new DeliveryResult(delivery, Attempt: null, new NextStep.Canceled());
        }

        var (signer, headers) = await DecryptAsync(delivery, secret, cancellationToken);
        if (DeliveryTransforms.IsWanted(delivery))
        {
            (delivery, var insteadOfAttempt) = await transforms.RunAsync(delivery, cancellationToken);
            if (insteadOfAttempt is not null)
            {
                LogNotSent(delivery.WebhookId, delivery.Id, insteadOfAttempt);
                return new DeliveryResult(delivery, Attempt: null, insteadOfAttempt);
            }
        }

        var attempt = await SendAsync(delivery, signer, headers, cancellationToken);
        metrics.AttemptMade(delivery, attempt);
        Log(delivery, attempt);

        var schedule = delivery.Schedule?.RetryDelays ?? options.RetryDelays;
        var next = DeliveryLifecycle.AfterAttempt(attempt.Outcome, attempt.Number, delivery.Test, schedule, clock.GetUtcNow());
        return new DeliveryResult(delivery, attempt, next);
    }

    private async ValueTask<(WebhookSigner Signer, IReadOnlyList<KeyValuePair<string, string>> Headers)> DecryptAsync(
        ClaimedDelivery delivery, string encryptedSecret, CancellationToken cancellationToken)
    {
        try
        {
            var signer = await signers.GetAsync(delivery.WebhookId, encryptedSecret, delivery.PreviousSecret, cancellationToken);
            var headers = delivery.EncryptedHeaders is { } encrypted
                ? await ownHeaders.GetAsync(delivery.WebhookId, encrypted, cancellationToken)
                : [];
            if (_unreadable.Remove(delivery.WebhookId))
            {
                LogReadable(delivery.WebhookId);
            }

            return (signer, headers);
        }
        catch (SecretUnavailableException unavailable)
        {
            if (_unreadable.Add(delivery.WebhookId))
            {
                LogUnreadable(delivery.WebhookId, unavailable.Message);
            }

            throw;
        }
    }

    private async Task<Attempt> SendAsync(
        ClaimedDelivery delivery,
        WebhookSigner signer,
        IReadOnlyList<KeyValuePair<string, string>> headers,
        CancellationToken cancellationToken)
    {
        using var activity = tracing.StartAttempt(delivery);
        var number = delivery.AttemptsMade + 1;
        var startedAt = clock.GetUtcNow();
        var started = clock.GetTimestamp();
        var request = new SendRequest(
            delivery.OrgId,
            delivery.Url,
            signer,
            delivery.Body,
            delivery.EventId,
            delivery.Event,
            delivery.Id,
            number,
            startedAt,
            delivery.Schedule?.Timeout)
        {
            Headers = delivery.SentHeaders is { } sent ? RequestHeaders.Join(headers, sent) : headers,
            Transformed = delivery.SentHeaders is not null,
        };
        var outcome = await sender.SendAsync(request, cancellationToken);
        WebhooksTracing.AttemptMade(activity, outcome);
        return new Attempt(number, startedAt, clock.GetElapsedTime(started), outcome);
    }

    private void Log(ClaimedDelivery delivery, Attempt attempt)
    {
        var milliseconds = (long)attempt.Duration.TotalMilliseconds;
        switch (attempt.Outcome)
        {
            case SendOutcome.Answered { Success: true } answered:
                LogSucceeded(delivery.WebhookId, delivery.Id, attempt.Number, answered.Status, milliseconds);
                break;
            case SendOutcome.Answered answered:
                LogRefused(delivery.WebhookId, delivery.Id, attempt.Number, answered.Status, milliseconds);
                break;
            case SendOutcome.NotAnswered { Detail: { } detail } failed:
                LogNotAnsweredBecause(delivery.WebhookId, delivery.Id, attempt.Number, failed.Error, milliseconds, detail);
                break;
            case SendOutcome.NotAnswered failed:
                LogNotAnswered(delivery.WebhookId, delivery.Id, attempt.Number, failed.Error, milliseconds);
                break;
        }
    }

    [LoggerMessage(1, LogLevel.Information,
        "webhook {WebhookId} delivery {DeliveryId} attempt {Attempt} succeeded: {Status} in {Milliseconds} ms")]
    private partial void LogSucceeded(Guid webhookId, Guid deliveryId, int attempt, int status, long milliseconds);

    [LoggerMessage(2, LogLevel.Warning,
        "webhook {WebhookId} delivery {DeliveryId} attempt {Attempt} failed: {Status} in {Milliseconds} ms")]
    private partial void LogRefused(Guid webhookId, Guid deliveryId, int attempt, int status, long milliseconds);

    [LoggerMessage(3, LogLevel.Warning, "webhook {WebhookId} delivery {DeliveryId} attempt {Attempt} failed: {Error} in {Milliseconds} ms")]
    private partial void LogNotAnswered(Guid webhookId, Guid deliveryId, int attempt, string error, long milliseconds);

    [LoggerMessage(
        5, LogLevel.Warning, "webhook {WebhookId} delivery {DeliveryId} attempt {Attempt} failed: {Error} in {Milliseconds} ms, {Detail}")]
    private partial void LogNotAnsweredBecause(
        Guid webhookId, Guid deliveryId, int attempt, string error, long milliseconds, string detail);

    [LoggerMessage(
        6, LogLevel.Error, "webhook {WebhookId} waits: its secret cannot be decrypted; no attempt is spent until it can. {Reason}")]
    private partial void LogUnreadable(Guid webhookId, string reason);

    [LoggerMessage(7, LogLevel.Information, "webhook {WebhookId} goes on: its secret can be decrypted again")]
    private partial void LogReadable(Guid webhookId);

    [LoggerMessage(4, LogLevel.Information, "webhook {WebhookId} delivery {DeliveryId} canceled: the webhook was deleted or deactivated")]
    private partial void LogCanceled(Guid webhookId, Guid deliveryId);

    [LoggerMessage(9, LogLevel.Information, "webhook {WebhookId} delivery {DeliveryId} not sent, because of its transform: {Step}")]
    private partial void LogNotSent(Guid webhookId, Guid deliveryId, NextStep step);

    [LoggerMessage(8, LogLevel.Information, "webhook {WebhookId} delivery {DeliveryId} canceled: somebody asked for it")]
    private partial void LogCanceledByHand(Guid webhookId, Guid deliveryId);
}
