using System.Threading.Tasks.Sources;

namespace OrleansBroker.Gateway.Transports;

/// <summary>Where a read loop waits to be resumed: opened by anyone, passed by one waiter, who closes it again. Waits without allocating.</summary>
internal sealed class InputGate : IValueTaskSource
{
    private readonly Lock _gate = new();
    private ManualResetValueTaskSourceCore<bool> _source = new() { RunContinuationsAsynchronously = true };
    private bool _isOpen;
    private bool _isWaiting;

    /// <summary>Lets the waiter pass, or the next one who comes.</summary>
    public void Open()
    {
        lock (_gate)
        {
            if (!_isWaiting)
            {
                _isOpen = true;
                return;
            }

            _isWaiting = false;
        }

        _source.SetResult(true);
    }

    /// <summary>One waiter at a time.</summary>
    public ValueTask WaitAsync()
    {
        lock (_gate)
        {
            if (_isOpen)
            {
                _isOpen = false;
                return ValueTask.CompletedTask;
            }

            _isWaiting = true;
            _source.Reset();
            return new ValueTask(this, _source.Version);
        }
    }

    void IValueTaskSource.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}
