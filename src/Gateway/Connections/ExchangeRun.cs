using OrleansBroker.Gateway.Admission;
using OrleansBroker.Gateway.Admission.Enhanced;

namespace OrleansBroker.Gateway.Connections;

/// <summary>One run of an exchange: step, AUTH to the client, AUTH from the client, step … Bounded in steps; ended by its time, or by who closes the connection.</summary>
internal sealed class ExchangeRun : IDisposable
{
    private readonly IAuthenticationExchange _exchange;
    private readonly int _maxSteps;
    private readonly CancellationTokenSource _end;
    private TaskCompletionSource<byte[]?>? _awaited;

    /// <param name="time">For all steps together; the client's time to answer counts.</param>
    public ExchangeRun(IAuthenticationExchange exchange, int maxSteps, TimeSpan time, TimeProvider timeProvider)
    {
        _exchange = exchange;
        _maxSteps = maxSteps;
        _end = new CancellationTokenSource(time, timeProvider);
    }

    /// <summary>It is the client that has to say something.</summary>
    public bool AwaitsClient => Volatile.Read(ref _awaited) is not null;

    /// <summary>Until the method has decided.</summary>
    /// <param name="ask">Sends the client an AUTH with this data.</param>
    /// <exception cref="OperationCanceledException">The connection closes, or the time is over.</exception>
    public async ValueTask<ExchangeStep> RunAsync(byte[]? data, Action<byte[]?> ask)
    {
        for (var steps = 1; ; steps++)
        {
            _end.Token.ThrowIfCancellationRequested();
            var step = await _exchange.StepAsync(data, _end.Token);
            if (step.Data?.Length > ushort.MaxValue)
                throw new InvalidOperationException($"The method has {step.Data.Length} bytes for the client: more than a property takes.");
            if (step.Kind != ExchangeStepKind.Continue)
                return step;
            if (steps == _maxSteps)
                return ExchangeStep.Refused(AuthenticationResult.NotAuthorized);
            data = await AskAsync(step.Data, ask);
        }
    }

    /// <summary>The client's AUTH. The next step begins here, on the thread that brings it.</summary>
    /// <returns>False when nothing was asked.</returns>
    public bool TryAnswer(byte[]? data) => Interlocked.Exchange(ref _awaited, null) is { } awaited && awaited.TrySetResult(data);

    /// <summary>May be called under any lock: who waits hears of it on another thread.</summary>
    public void Cancel()
    {
        try
        {
            _ = _end.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // It has ended at this very moment.
        }
    }

    public void Dispose()
    {
        _end.Dispose();
        _exchange.Dispose();
    }

    private async ValueTask<byte[]?> AskAsync(byte[]? data, Action<byte[]?> ask)
    {
        var awaited = new TaskCompletionSource<byte[]?>();
        // Before the packet goes out: the answer may be as quick.
        Volatile.Write(ref _awaited, awaited);
        using var end = _end.Token.UnsafeRegister(static waiting => ((TaskCompletionSource<byte[]?>)waiting!).TrySetCanceled(), awaited);
        ask(data);
        return await awaited.Task;
    }
}
