namespace OrleansBroker.Silo.Hosting;

/// <summary>Ends the process when a stop takes too long: the promise is a time, whatever hangs, disposal included. On a thread of its own: the pool may be what hangs.</summary>
internal sealed class ShutdownDeadline(TimeSpan timeout) : IDisposable
{
    // Beyond the host's own timeout, which cuts what can be cut.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly object _gate = new();
    private bool _hasStopped;
    private int _isStarted;
    private volatile int _exitCode = ExitCode.Done;

    public void Watch(IHostApplicationLifetime lifetime) => lifetime.ApplicationStopping.Register(Start);

    /// <summary>The stop that follows is that of a start that failed.</summary>
    public void StartFailed()
    {
        _exitCode = ExitCode.Failed;
        Start();
    }

    /// <summary>The stop has ended in time.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _hasStopped = true;
            Monitor.Pulse(_gate);
        }
    }

    private void Start()
    {
        if (Interlocked.Exchange(ref _isStarted, 1) == 0) new Thread(End) { IsBackground = true, Name = "shutdown deadline" }.Start();
    }

    private void End()
    {
        lock (_gate)
        {
            if (_hasStopped || Monitor.Wait(_gate, timeout + Grace)) return;
        }

        Console.Error.WriteLine("orleans-broker: the stop took longer than Broker:Timing:ShutdownTimeout; ending the process.");
        Environment.Exit(_exitCode);
    }
}
