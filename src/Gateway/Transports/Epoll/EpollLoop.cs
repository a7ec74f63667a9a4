using OrleansBroker.Gateway.Connections;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Grains.Time;

namespace OrleansBroker.Gateway.Transports.Epoll;

/// <summary>
/// One thread that reads all its ready sockets, handles what came, and then writes each dirty socket once. Other threads post to it. Level-triggered: a socket
/// costs one receive for each time that it is ready, none that only finds it empty, and one that is left with bytes in it comes again behind the others.
/// </summary>
internal sealed class EpollLoop : IDisposable
{
    // What one receive may bring: as much as a connection handles in its turn.
    private const int ReceiveBytes = 64 * 1024;

    // So much of an incomplete packet is copied in front of the next receive; with more the packet has a buffer of its own.
    internal const int LongestRest = 16 * 1024;

    // Input after which dirty output is written although more sockets are ready: nobody's answer waits for longer than this takes.
    private const int TurnBytes = 256 * 1024;

    private const int SmallestTable = 1024;

    private readonly int _epoll;
    private readonly int _wake;
    private readonly BrokerClock _clock;
    private readonly LoopSpread _spread;
    private readonly IJournalTurns? _journals;
    private readonly Action<EpollLoop, Exception> _failed;
    private readonly Thread _thread;
    private readonly EpollEvents _events = new();
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(LongestRest + ReceiveBytes, pinned: true);
    private readonly PriorityQueue<IEpollTarget, long> _due = new();
    private readonly List<EpollConnection> _released = [];
    private readonly Lock _gate = new();
    private IEpollTarget?[] _targets = new IEpollTarget?[SmallestTable];
    private Queue<EpollConnection> _again = [];
    private Queue<EpollConnection> _againNow = [];
    private Queue<IEpollTarget> _posted = [];
    private Queue<IEpollTarget> _postedNow = [];
    private int _turnBytes;
    private long _bytes;
    private long _reportedAt;
    private long _asleep;
    private int _isAsleep;
    private volatile bool _isStopping;

    /// <param name="failed">Is told if the loop itself fails: it then goes on to end its connections, and a second time ends it.</param>
    public EpollLoop(int number, BrokerClock clock, LoopSpread spread, IJournalTurns? journals, Action<EpollLoop, Exception> failed)
    {
        Number = number;
        _clock = clock;
        _spread = spread;
        _journals = journals;
        _failed = failed;
        _epoll = Checked(LibC.CreateEpoll());
        _wake = Checked(LibC.CreateEvent());
        // Edge-triggered, so that nobody need read it.
        Checked(LibC.Control(_epoll, EpollOperation.Add, _wake, EpollMask.Input | EpollMask.EdgeTriggered));
        _thread = new Thread(Run) { Name = $"epoll {number}", IsBackground = true };
    }

    public int Number { get; }

    /// <summary>The loop's thread asks.</summary>
    public bool IsCurrent => Environment.CurrentManagedThreadId == _thread.ManagedThreadId;

    public long NowMilliseconds => _clock.NowMilliseconds;

    public void Start() => _thread.Start();

    /// <summary>Has <see cref="IEpollTarget.Run"/> called soon; any thread may call this, under any lock. One wake however many posts.</summary>
    public void Post(IEpollTarget target)
    {
        lock (_gate)
            _posted.Enqueue(target);
        if (!IsCurrent && Interlocked.Exchange(ref _isAsleep, 0) == 1)
            LibC.Wake(_wake);
    }

    /// <summary>Has <see cref="IEpollTarget.Due"/> called at this time of <see cref="NowMilliseconds"/>. The loop's thread alone.</summary>
    public void Schedule(IEpollTarget target, long atMilliseconds) => _due.Enqueue(target, atMilliseconds);

    /// <summary>Changes what a descriptor is watched for. The loop's thread alone.</summary>
    /// <returns>False: the system has no room to watch it.</returns>
    public bool TryWatch(IEpollTarget target, int descriptor, EpollOperation operation, EpollMask mask)
    {
        if (descriptor >= _targets.Length)
            Array.Resize(ref _targets, Math.Max(2 * _targets.Length, descriptor + 1));
        _targets[descriptor] = operation == EpollOperation.Delete ? null : target;
        return LibC.Control(_epoll, operation, descriptor, mask) >= 0;
    }

    /// <summary>The turn's one buffer, with what a connection has of a packet already at its start.</summary>
    public Span<byte> BufferWith(ReadOnlySpan<byte> rest)
    {
        rest.CopyTo(_buffer);
        return _buffer.AsSpan(0, rest.Length + ReceiveBytes);
    }

    /// <summary>Input was handled: after enough of it the turn's output is written.</summary>
    public void Handled(int bytes)
    {
        _turnBytes += bytes;
        _bytes += bytes;
        if (_turnBytes < TurnBytes)
            return;
        OutputTurn.End();
        OutputTurn.Begin(_journals);
        _turnBytes = 0;
    }

    /// <summary>The connection has more to handle, in the next turn.</summary>
    public void Again(EpollConnection connection) => _again.Enqueue(connection);

    /// <summary>Closes the connection's descriptor at the end of the turn: until then the system cannot give its number to another, for which this turn's events are not.</summary>
    public void Release(EpollConnection connection, int descriptor)
    {
        if (descriptor < _targets.Length)
            _targets[descriptor] = null;
        _released.Add(connection);
    }

    /// <summary>Ends the thread. What it still has stays open until the process ends.</summary>
    public void Dispose()
    {
        _isStopping = true;
        LibC.Wake(_wake);
        if (_thread.IsAlive)
            _thread.Join();
        LibC.Close(_epoll);
        LibC.Close(_wake);
    }

    private static int Checked(int result) => result >= 0 ? result : throw new IOException($"epoll is not available: error {-result}");

    private void Run()
    {
        // A connection's fault ends that connection. What comes up to here is the loop's own: the node stops. Until it has, this thread ends what it has of
        // connections, rather than to leave their clients with sockets that nobody reads; what cannot do even that is ended with the process.
        for (var faults = 0; faults < 2 && !_isStopping; faults++)
        {
            try
            {
                RunTurns();
            }
            catch (Exception fault)
            {
                _failed(this, fault);
            }
        }
    }

    private void RunTurns()
    {
        _reportedAt = _clock.TimeProvider.GetTimestamp();
        while (!_isStopping)
            Turn(Wait());
    }

    private int Wait()
    {
        var milliseconds = TimeToSleep();
        var before = _clock.TimeProvider.GetTimestamp();
        Report(before);
        if (milliseconds != 0)
        {
            // Posts behind this line wake; those before it are found now.
            Interlocked.Exchange(ref _isAsleep, 1);
            if (HasPosts())
                milliseconds = 0;
        }

        var ready = LibC.Wait(_epoll, _events, milliseconds);
        Volatile.Write(ref _isAsleep, 0);
        if (milliseconds != 0)
            _asleep += _clock.TimeProvider.GetTimestamp() - before;
        return ready == LibC.Interrupted ? 0 : Checked(ready);
    }

    private void Report(long now)
    {
        var milliseconds = _clock.TimeProvider.GetElapsedTime(_reportedAt, now).TotalMilliseconds;
        if (milliseconds < LoopSpread.ReportInterval)
            return;
        var asleep = _clock.TimeProvider.GetElapsedTime(0, _asleep).TotalMilliseconds;
        _spread.Report(Number, milliseconds - asleep, _bytes, NowMilliseconds);
        _reportedAt = now;
        _asleep = 0;
        _bytes = 0;
    }

    private int TimeToSleep()
    {
        if (_again.Count > 0 || HasPosts())
            return 0;
        return _due.TryPeek(out _, out var at) ? (int)Math.Clamp(at - NowMilliseconds, 0, int.MaxValue) : Timeout.Infinite;
    }

    private bool HasPosts()
    {
        lock (_gate)
            return _posted.Count > 0;
    }

    private void Turn(int ready)
    {
        _turnBytes = 0;
        // Those who come again in this turn wait for the next.
        (_again, _againNow) = (_againNow, _again);
        OutputTurn.Begin(_journals);
        try
        {
            HandleReady(ready);
            while (_againNow.TryDequeue(out var connection))
                connection.Continue();
            RunPosted();
            RunDue();
        }
        finally
        {
            OutputTurn.End();
        }

        foreach (var connection in _released)
            connection.CloseDescriptor();
        _released.Clear();
    }

    private void HandleReady(int ready)
    {
        for (var i = 0; i < ready; i++)
        {
            _events.Read(i, out var descriptor, out var mask);
            // The wake has no target, nor has what was released a moment ago.
            if (descriptor < _targets.Length)
                _targets[descriptor]?.Ready(mask);
        }
    }

    private void RunPosted()
    {
        lock (_gate)
            (_posted, _postedNow) = (_postedNow, _posted);
        while (_postedNow.TryDequeue(out var target))
            target.Run();
    }

    private void RunDue()
    {
        while (_due.TryPeek(out var target, out var at) && at <= NowMilliseconds)
        {
            _due.Dequeue();
            target.Due();
        }
    }
}
