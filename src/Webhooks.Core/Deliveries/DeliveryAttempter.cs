using Microsoft.Extensions.Logging;
using Webhooks.Core.Secrets;
using Webhooks.Core.Sending;
using Webhooks.Core.Telemetry;
using Webhooks.Core.Transforms;
using Webhooks.Core.Webhooks;

namespace Webhooks.Core.Deliveries;

/// <summary>
/// The maker of a claimed delivery's next attempt, which also decides what follows it. Both hosts attempt through here; recording is the
/// caller's. Of what is pulled the receiver makes the attempt: what it is given and what it reports go through here, too.
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
    private readonly WaitingWebhooks _unreadable = new();
    private readonly WaitingWebhooks _untransformed = new();

    /// <summary>
    /// Attempts the delivery, or cancels it when its webhook was deleted or deactivated meanwhile, or somebody wants it so.
    /// </summary>
    /// <exception cref="SecretUnavailableException">The secret cannot be decrypted now; no attempt was made.</exception>
    /// <exception cref="TransformsBusyException">The transform did not get its turn; no attempt was made.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled; the receiver may or may not have got the request.</exception>
    public async Task<DeliveryResult> AttemptAsync(ClaimedDelivery delivery, CancellationToken cancellationToken)
    {
        var prepared = await PrepareAsync(delivery, cancellationToken);
        return prepared.Step is { } step
            ? new DeliveryResult(prepared.Delivery, Attempt: null, step)
            : Conclude(prepared.Delivery, await SendAsync(prepared, cancellationToken));
    }

    /// <summary>Prepares the attempt of a delivery that its receiver has pulled.</summary>
    /// <returns>The request that the receiver is to have got; or what is to be recorded in place of an attempt.</returns>
    /// <exception cref="SecretUnavailableException">The secret cannot be decrypted now.</exception>
    /// <exception cref="TransformsBusyException">The transform did not get its turn.</exception>
    internal async Task<(SendRequest? Request, DeliveryResult? Result)> PreparePulledAsync(
        ClaimedDelivery delivery, CancellationToken cancellationToken)
    {
        var prepared = await PrepareAsync(delivery, cancellationToken);
        return prepared.Step is { } step
            ? (null, new DeliveryResult(prepared.Delivery, Attempt: null, step))
            : (RequestOf(prepared, delivery.AttemptsMade + 1, clock.GetUtcNow()), null);
    }

    /// <summary>What is to be recorded of an attempt that was made.</summary>
    internal DeliveryResult Conclude(ClaimedDelivery delivery, Attempt attempt)
    {
        metrics.AttemptMade(delivery, attempt);
        Log(delivery, attempt);

        var schedule = delivery.Schedule?.RetryDelays ?? options.RetryDelays;
        var next = DeliveryLifecycle.AfterAttempt(attempt.Outcome, attempt.Number, delivery.Test, schedule, clock.GetUtcNow());
        return new DeliveryResult(delivery, attempt, next);
    }

    private async ValueTask<PreparedAttempt> PrepareAsync(ClaimedDelivery delivery, CancellationToken cancellationToken)
    {
        if (delivery.CancelRequested)
        {
            LogCanceledByHand(delivery.WebhookId, delivery.Id);
            return PreparedAttempt.Without(delivery, new NextStep.Canceled());
        }

        if (delivery.EncryptedSecret is not { } secret || !DeliveryLifecycle.MayAttempt(delivery.WebhookActive, delivery.Test))
        {
            _unreadable.Remove(delivery.WebhookId);
            _untransformed.Remove(delivery.WebhookId);
            LogCanceled(delivery.WebhookId, delivery.Id);
            return PreparedAttempt.Without(delivery, new NextStep.Canceled());
        }

        var (signer, headers) = await DecryptAsync(delivery, secret, cancellationToken);
        if (DeliveryTransforms.IsWanted(delivery))
        {
            (delivery, var insteadOfAttempt) = await TransformAsync(delivery, cancellationToken);
            if (insteadOfAttempt is not null)
            {
                LogNotSent(delivery.WebhookId, delivery.Id, insteadOfAttempt);
                return PreparedAttempt.Without(delivery, insteadOfAttempt);
            }
        }

        return new PreparedAttempt(delivery, signer, headers, Step: null);
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

    private async Task<TransformedDelivery> TransformAsync(ClaimedDelivery delivery, CancellationToken cancellationToken)
    {
        try
        {
            var transformed = await transforms.RunAsync(delivery, cancellationToken);
            if (_untransformed.Remove(delivery.WebhookId))
            {
                LogTransformed(delivery.WebhookId);
            }

            return transformed;
        }
        catch (TransformsBusyException)
        {
            if (_untransformed.Add(delivery.WebhookId))
            {
                LogUntransformed(delivery.WebhookId);
            }

            throw;
        }
    }

    private async Task<Attempt> SendAsync(PreparedAttempt prepared, CancellationToken cancellationToken)
    {
        using var activity = tracing.StartAttempt(prepared.Delivery);
        var number = prepared.Delivery.AttemptsMade + 1;
        var startedAt = clock.GetUtcNow();
        var started = clock.GetTimestamp();
        var outcome = await sender.SendAsync(RequestOf(prepared, number, startedAt), cancellationToken);
        WebhooksTracing.AttemptMade(activity, outcome);
        return new Attempt(number, startedAt, clock.GetElapsedTime(started), outcome);
    }

    private static SendRequest RequestOf(PreparedAttempt prepared, int number, DateTimeOffset at)
    {
        var (delivery, signer, headers, _) = prepared;
        return new SendRequest(
            delivery.OrgId,
            delivery.Url,
            signer!,
            delivery.Body,
            delivery.EventId,
            delivery.Event,
            delivery.Id,
            number,
            at,
            delivery.Schedule?.Timeout)
        {
            Headers = delivery.SentHeaders is { } sent ? RequestHeaders.Join(headers, sent) : headers,
            Transformed = delivery.SentHeaders is not null,
        };
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

    [LoggerMessage(
        10, LogLevel.Warning,
        "webhook {WebhookId} waits: its transform did not get its turn, because it or others take long; no attempt is spent")]
    private partial void LogUntransformed(Guid webhookId);

    [LoggerMessage(11, LogLevel.Information, "webhook {WebhookId} goes on: its transform has had its turn")]
    private partial void LogTransformed(Guid webhookId);

    [LoggerMessage(4, LogLevel.Information, "webhook {WebhookId} delivery {DeliveryId} canceled: the webhook was deleted or deactivated")]
    private partial void LogCanceled(Guid webhookId, Guid deliveryId);

    [LoggerMessage(9, LogLevel.Information, "webhook {WebhookId} delivery {DeliveryId} not sent, because of its transform: {Step}")]
    private partial void LogNotSent(Guid webhookId, Guid deliveryId, NextStep step);

    [LoggerMessage(8, LogLevel.Information, "webhook {WebhookId} delivery {DeliveryId} canceled: somebody asked for it")]
    private partial void LogCanceledByHand(Guid webhookId, Guid deliveryId);
}
