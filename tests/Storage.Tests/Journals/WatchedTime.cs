using Microsoft.Extensions.Time.Testing;

namespace OrleansBroker.Storage.Tests.Journals;

/// <summary>A clock that the test moves and that says when somebody has begun to wait, so that it is moved after and not before.</summary>
public sealed class WatchedTime : FakeTimeProvider
{
    private TaskCompletionSource<TimeSpan>? _awaited;

    /// <summary>The delay of the next timer that is created.</summary>
    public Task<TimeSpan> WhenTimerAsync()
    {
        _awaited = new TaskCompletionSource<TimeSpan>(TaskCreationOptions.RunContinuationsAsynchronously);
        return _awaited.Task.WaitAsync(TestContext.Current.CancellationToken);
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime != Timeout.InfiniteTimeSpan)
            Interlocked.Exchange(ref _awaited, null)?.SetResult(dueTime);
        return timer;
    }
}
