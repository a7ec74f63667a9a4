using System.Net.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansBroker.Gateway.Connections;
using OrleansBroker.Gateway.Hosting;

namespace OrleansBroker.Gateway.Transports.Epoll;

/// <summary>
/// MQTT on plain TCP by Linux' own means [MQTT5-4.2.0-1] [MQTT311-7.1.1-1]: a loop for each processor, of which it uses as many as pay. Listens when it starts, and
/// when it stops waits until the last connection is closed and its session knows.
/// </summary>
/// <param name="listen">Opens the sockets: bound, listening, and this transport's from there on.</param>
internal sealed partial class EpollTransport(GatewayServices services, Func<IReadOnlyList<Socket>> listen, IHostApplicationLifetime lifetime, ILogger<EpollTransport> logger)
    : IHostedService, IDisposable
{
    private readonly HashSet<EpollConnection> _connections = [];
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _allEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _allClosed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private EpollListener[] _listeners = [];
    private int _open;
    private bool _isStopping;
    private Exception? _fault;

    public IReadOnlyList<EpollLoop> Loops { get; private set; } = [];

    public LoopSpread Spread { get; } = new(Environment.ProcessorCount);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        Loops = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(number => new EpollLoop(number, services.Clock, Spread, services.JournalTurns, LoopFailed))];
        _listeners = [.. listen().Select(socket => new EpollListener(this, Loops[0], socket))];
        foreach (var loop in Loops)
            loop.Start();
        foreach (var listener in _listeners)
            listener.Start();
        return Task.CompletedTask;
    }

    /// <exception cref="TransportFailedException">A loop failed, and this stop is the end of that.</exception>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(_listeners.Select(listener => listener.StopAsync())).WaitAsync(cancellationToken);
            // What listened until now is told as the others were.
            services.Registry.Stop();
            BeginStop();
            await _allEnded.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            BeginStop();
            foreach (var connection in Open())
                connection.Cut();
            // A loop that does not get there any more is ended with the process.
            await _allClosed.Task;
        }

        if (_fault is not null)
            throw new TransportFailedException($"the TCP transport failed: {_fault.Message}", _fault);
    }

    public void Dispose()
    {
        foreach (var loop in Loops)
            loop.Dispose();
        Loops = [];
    }

    /// <summary>No more sockets now: the program is late with what it has.</summary>
    public bool IsLate => services.Gate is { IsClosed: true };

    /// <summary>The loop for one more connection, or for one that asks again since <see cref="LoopSpread.Version"/> changed.</summary>
    public EpollLoop Home(out int version) => Loops[Spread.Home(out version)];

    /// <summary>A listener has a new socket.</summary>
    public void Accepted(int descriptor, ConnectionOrigin origin)
    {
        var connection = new EpollConnection(this, services, origin, descriptor);
        if (!services.Registry.Accepted(connection.Connection, KestrelTransport.MaxUnconnected))
        {
            LibC.Close(descriptor);
            return;
        }

        lock (_gate)
        {
            _connections.AddTight(connection);
            _open++;
        }

        connection.Register();
    }

    /// <summary>The connection's socket is closed.</summary>
    public void Closed(EpollConnection connection)
    {
        lock (_gate)
        {
            _connections.Remove(connection);
            if (_isStopping && _connections.Count == 0)
                _allClosed.TrySetResult();
        }

        _ = EndAsync(connection.Connection);
    }

    /// <summary>Those that have a socket.</summary>
    public EpollConnection[] Open()
    {
        lock (_gate)
            return [.. _connections];
    }

    public void LogNotAccepted(int error) => LogNotAccepted((AcceptError)error);

    private async Task EndAsync(Connection connection)
    {
        await connection.ControlIdleAsync();
        lock (_gate)
        {
            if (--_open == 0 && _isStopping)
                _allEnded.TrySetResult();
        }
    }

    private void BeginStop()
    {
        lock (_gate)
        {
            _isStopping = true;
            if (_connections.Count == 0)
                _allClosed.TrySetResult();
            if (_open == 0)
                _allEnded.TrySetResult();
        }
    }

    private void LoopFailed(EpollLoop loop, Exception fault)
    {
        LogLoopFailed(loop.Number, fault);
        _fault ??= fault;
        foreach (var connection in Open().Where(connection => connection.Loop == loop))
            connection.Cut();
        // On another thread: what it calls may wait for this one.
        ThreadPool.UnsafeQueueUserWorkItem(static lifetime => lifetime.StopApplication(), lifetime, preferLocal: false);
    }

    [LoggerMessage(1010, LogLevel.Warning, "no connection can be accepted reason={Reason}")]
    private partial void LogNotAccepted(AcceptError reason);

    [LoggerMessage(1012, LogLevel.Information, "connections are accepted again afterMilliseconds={Milliseconds} attempts={Attempts}")]
    public partial void LogAcceptsAgain(long milliseconds, int attempts);

    [LoggerMessage(1011, LogLevel.Critical, "an epoll loop failed, the node stops loop={Loop}")]
    private partial void LogLoopFailed(int loop, Exception fault);
}
