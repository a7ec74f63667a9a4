namespace OrleansBroker.Silo.Hosting;

/// <summary>Ends the process when a stop takes too long: the promise is a time, whatever hangs, disposal included.</summary>
internal sealed class ShutdownDeadline(TimeSpan timeout, TimeProvider time) : IDisposable
{
    // Beyond the host's own timeout, which cuts what can be cut.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private ITimer? _timer;
    private volatile int _exitCode = ExitCode.Done;

    public void Watch(IHostApplicationLifetime lifetime) => lifetime.ApplicationStopping.Register(Start);

    /// <summary>The stop that follows is that of a start that failed.</summary>
    public void StartFailed()
    {
        _exitCode = ExitCode.Failed;
        Start();
    }

    public void Dispose() => _timer?.Dispose();

    private void Start() => _timer ??= time.CreateTimer(_ => End(), null, timeout + Grace, Timeout.InfiniteTimeSpan);

    private void End()
    {
        Console.Error.WriteLine("orleans-broker: the stop took longer than Broker:Timing:ShutdownTimeout; ending the process.");
        Environment.Exit(_exitCode);
    }
}
