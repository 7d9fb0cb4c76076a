using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Webhooks.Client.Receiving;
using Webhooks.Core.Sending;
using Webhooks.Testing;

namespace Webhooks.Endurance.Tests.Chaos;

/// <summary>A customer's server that fails at random, in every way that an attempt can fail in, and remembers every request.</summary>
internal sealed class MoodyReceiver : IAsyncDisposable
{
    private static int _numbers;

    private readonly Random _random;
    private readonly double _failures;
    private readonly ConcurrentQueue<Reception> _receptions = [];
    private LightReceiver _server = null!;
    private RegisteredWebhook? _webhook;
    private WebhookVerifier? _verifier;
    private volatile bool _isMended;

    private MoodyReceiver(int seed, double failures)
    {
        _random = new Random(seed);
        _failures = failures;
    }

    /// <summary>Where it listens.</summary>
    public string Url => _server.Url;

    /// <summary>Every request so far.</summary>
    public IReadOnlyCollection<Reception> Receptions => _receptions;

    /// <summary>Starts one.</summary>
    /// <param name="seed">What its moods begin with.</param>
    /// <param name="failures">The part of the requests that it fails, from 0 to 1.</param>
    public static async Task<MoodyReceiver> StartAsync(int seed, double failures)
    {
        var receiver = new MoodyReceiver(seed, failures);
        receiver._server = await LightReceiver.StartAsync(receiver.AnswerAsync);
        return receiver;
    }

    /// <summary>Tells it which webhook is sent to it, before the first event.</summary>
    public void Expect(RegisteredWebhook webhook)
    {
        _webhook = webhook;
        _verifier = new WebhookVerifier(webhook.Secret);
    }

    /// <summary>Fails no more.</summary>
    public void Mend() => _isMended = true;

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var reception = await ReceiveAsync(context.Request);
        _receptions.Enqueue(reception);
        try
        {
            await AnswerAsync(context, reception);
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException)
        {
            // The sender waits no longer, or was killed.
        }
        finally
        {
            reception.End();
        }
    }

    private async Task<Reception> ReceiveAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, request.HttpContext.RequestAborted);
        var headers = request.Headers;
        return new Reception(
            Interlocked.Increment(ref _numbers),
            _webhook!.Id,
            Guid.Parse(headers[WebhookHeaders.Delivery]!),
            Guid.Parse(headers[WebhookHeaders.Id]!),
            int.Parse(headers[WebhookHeaders.Attempt]!, CultureInfo.InvariantCulture),
            IsSigned(body.ToArray(), headers),
            DateTimeOffset.UtcNow,
            ChooseAnswer());
    }

    private bool IsSigned(byte[] body, IHeaderDictionary headers) =>
        _verifier!.VerifyBody(body, headers[WebhookHeaders.BodySignature])
        && _verifier.Verify(body, headers[WebhookHeaders.Id], headers[WebhookHeaders.Timestamp], headers[WebhookHeaders.Signature])
            == WebhookVerification.Valid;

    private Answer ChooseAnswer()
    {
        lock (_random)
        {
            return Answer.Choose(_random, _isMended ? 0 : _failures);
        }
    }

    private static async Task AnswerAsync(HttpContext context, Reception reception)
    {
        await Task.Delay(reception.Answer.After, context.RequestAborted);
        switch (reception.Answer)
        {
            case { Status: { } status }:
                context.Response.StatusCode = status;
                await context.Response.WriteAsync(reception.Number.ToString(CultureInfo.InvariantCulture), context.RequestAborted);
                await context.Response.CompleteAsync();
                break;
            case { Error: SendError.Timeout }:
                await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
                break;
            default:
                context.Abort();
                break;
        }
    }
}
