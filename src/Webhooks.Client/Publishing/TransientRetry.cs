using System.Net;

namespace Webhooks.Client.Publishing;

/// <summary>The repetition of a request that failed for a reason that may pass.</summary>
/// <param name="clock">Measures the waits.</param>
internal sealed class TransientRetry(TimeProvider clock)
{
    private static readonly TimeSpan[] _waits = [TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)];
    private static readonly TimeSpan _longestWait = TimeSpan.FromSeconds(30);

    /// <summary>Sends until an answer is final or patience ends.</summary>
    /// <param name="send">Sends the request; the caller disposes the last response.</param>
    /// <returns>The last answer, whatever its status is.</returns>
    /// <exception cref="HttpRequestException">No answer came to the last request.</exception>
    /// <exception cref="OperationCanceledException">
    /// The caller's token was canceled, or no answer came to the last request in time.
    /// </exception>
    public async Task<HttpResponseMessage> RunAsync(
        Func<CancellationToken, Task<HttpResponseMessage>> send, CancellationToken cancellationToken)
    {
        foreach (var wait in _waits)
        {
            var asked = TimeSpan.Zero;
            try
            {
                var response = await send(cancellationToken);
                if (!IsTransient(response.StatusCode))
                {
                    return response;
                }

                asked = RetryAfter(response);
                response.Dispose();
            }
            catch (Exception failure)
                when (failure is HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
            {
                // No answer: whether the request arrived is unknown, and does not matter.
            }

            await Task.Delay(asked > wait ? asked : wait, clock, cancellationToken);
        }

        return await send(cancellationToken);
    }

    private static bool IsTransient(HttpStatusCode status) =>
        status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)status >= 500;

    /// <summary>The seconds that the answer asks to wait for, within reason.</summary>
    private static TimeSpan RetryAfter(HttpResponseMessage response) =>
        response.Headers.RetryAfter?.Delta is { } delta ? (delta < _longestWait ? delta : _longestWait) : TimeSpan.Zero;
}
