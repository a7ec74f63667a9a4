using Microsoft.AspNetCore.Http;

namespace OrleansBroker.Api.Frame.Pipeline;

/// <summary>Bounds what requests cost: how many run, and how long.</summary>
internal sealed class RequestBounds(ApiOptions options, TimeProvider time)
{
    private static readonly TimeSpan BusyRetry = TimeSpan.FromSeconds(1);

    private int _running;

    /// <exception cref="ApiProblemException">Too many run, or this one took too long.</exception>
    public async Task RunAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            if (Interlocked.Increment(ref _running) > options.MaxRequests)
                throw ApiProblem.TooManyRequests.Because($"{options.MaxRequests} requests run on this node.", retryAfter: BusyRetry);
            await RunInTimeAsync(context, next);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    private async Task RunInTimeAsync(HttpContext context, RequestDelegate next)
    {
        var aborted = context.RequestAborted;
        using var limit = new CancellationTokenSource(options.RequestTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(aborted, limit.Token);
        context.RequestAborted = either.Token;
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !aborted.IsCancellationRequested)
        {
            throw ApiProblem.TimedOut.Because($"No answer within {options.RequestTimeout.TotalSeconds:0.###} s.", retryAfter: BusyRetry);
        }
        finally
        {
            // Who writes the problem must not find it cancelled.
            context.RequestAborted = aborted;
        }
    }
}
