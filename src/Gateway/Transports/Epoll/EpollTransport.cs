using System.Net.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansBroker.Gateway.Connections;

namespace OrleansBroker.Gateway.Transports.Epoll;

/// <summary>
/// MQTT on plain TCP by Linux' own means [MQTT5-4.2.0-1] [MQTT311-7.1.1-1]: a loop for each processor, connections dealt to them in turn. Listens when it starts, and when it stops waits until the last
/// connection is closed and its session knows.
/// </summary>
/// <param name="listen">Opens the sockets: bound, listening, and this transport's from there on.</param>
internal sealed partial class EpollTransport(GatewayServices services, Func<IReadOnlyList<Socket>> listen, IHostApplicationLifetime lifetime, ILogger<EpollTransport> logger)
    : IHostedService, IDisposable
{
    private readonly HashSet<EpollConnection> _connections = [];
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _allEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly LogThrottle _notAccepted = new(services.Clock.TimeProvider);
    private EpollLoop[] _loops = [];
    private EpollListener[] _listeners = [];
    private int _nextLoop;
    private int _open;
    private bool _isStopping;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _loops = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(number => new EpollLoop(number, services.Clock, services.JournalTurns, LoopFailed))];
        _listeners = [.. listen().Select(socket => new EpollListener(this, _loops[0], socket))];
        foreach (var loop in _loops)
            loop.Start();
        foreach (var listener in _listeners)
            listener.Start();
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        foreach (var listener in _listeners)
            listener.Stop();
        // What listened until now is told as the others were.
        services.Registry.Stop();
        if (BeginStop())
            return;
        try
        {
            await _allEnded.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            CutAll();
        }
    }

    public void Dispose()
    {
        foreach (var loop in _loops)
            loop.Dispose();
        _loops = [];
    }

    /// <summary>A listener has a new socket.</summary>
    public void Accepted(int descriptor, ConnectionOrigin origin)
    {
        var loop = _loops[_nextLoop];
        _nextLoop = (_nextLoop + 1) % _loops.Length;
        var connection = new EpollConnection(this, loop, services, origin, descriptor);
        if (!services.Registry.Accepted(connection.Connection, KestrelTransport.MaxUnconnected))
        {
            LibC.Close(descriptor);
            return;
        }

        lock (_gate)
        {
            _connections.Add(connection);
            _open++;
        }

        connection.Register();
    }

    /// <summary>The connection's socket is closed.</summary>
    public void Closed(EpollConnection connection)
    {
        lock (_gate)
            _connections.Remove(connection);
        _ = EndAsync(connection.Connection);
    }

    public void LogNotAccepted(int error)
    {
        if (logger.IsEnabled(LogLevel.Warning) && _notAccepted.TryTake(out var leftOut))
            LogNotAccepted(error, leftOut);
    }

    private async Task EndAsync(Connection connection)
    {
        await connection.ControlIdleAsync();
        bool isLast;
        lock (_gate)
            isLast = --_open == 0 && _isStopping;
        if (isLast)
            _allEnded.TrySetResult();
    }

    /// <returns>True when there is nothing to wait for.</returns>
    private bool BeginStop()
    {
        lock (_gate)
        {
            _isStopping = true;
            return _open == 0;
        }
    }

    private void CutAll()
    {
        EpollConnection[] left;
        lock (_gate)
            left = [.. _connections];
        foreach (var connection in left)
            connection.Cut();
    }

    private void LoopFailed(Exception fault)
    {
        LogLoopFailed(fault);
        lifetime.StopApplication();
    }

    [LoggerMessage(1010, LogLevel.Warning, "a connection could not be accepted error={Error} leftOut={LeftOut}")]
    private partial void LogNotAccepted(int error, long leftOut);

    [LoggerMessage(1011, LogLevel.Critical, "an epoll loop failed, the node stops")]
    private partial void LogLoopFailed(Exception fault);
}
