using System.Net.Sockets;

namespace OrleansBroker.Gateway.Transports.Epoll;

/// <summary>A listening socket on a loop: accepts what waits, and rests a while when the system has no room for more. What waits meanwhile stays in the system's backlog.</summary>
internal sealed class EpollListener : IEpollTarget
{
    // In one go, so that a storm of reconnects does not keep the loop from its connections: about a millisecond.
    private const int MaxAccepted = 64;

    // Descriptors and memory come back as connections end; until then each attempt would fail at once, and the listener stays ready.
    private const int RestMilliseconds = 100;

    // Descriptors that are left to the rest of the program: a runtime that cannot open the code of a stop, or a file, ends the process.
    private const int Reserve = 64;

    // What comes and goes with each connection is told once in this time.
    private const int LogInterval = 10_000;

    private readonly EpollTransport _transport;
    private readonly EpollLoop _loop;
    private readonly Socket _socket;
    private readonly int _descriptor;
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isStopping;
    private bool _isWatched;
    private bool _isClosed;
    private int _failedAttempts;
    private long _failingSince;
    private long _nextLog;
    private bool _isFailureTold;

    /// <param name="socket">Bound and listening; the listener's from here on.</param>
    public EpollListener(EpollTransport transport, EpollLoop loop, Socket socket)
    {
        _transport = transport;
        _loop = loop;
        _socket = socket;
        _descriptor = (int)socket.SafeHandle.DangerousGetHandle();
        var result = LibC.SetNonBlocking(_descriptor);
        if (result < 0)
            throw new IOException($"the listening socket cannot be made non-blocking: error {-result}");
    }

    public void Start() => _loop.Post(this);

    /// <summary>Ends when nobody can connect any more.</summary>
    public Task StopAsync()
    {
        _isStopping = true;
        _loop.Post(this);
        return _closed.Task;
    }

    public void Ready(EpollMask mask)
    {
        Span<byte> address = stackalloc byte[PeerAddress.MaximumLength];
        var last = LibC.DescriptorLimit() - Reserve;
        for (var i = 0; i < MaxAccepted && _isWatched; i++)
        {
            if (_transport.IsLate)
            {
                Pause();
                return;
            }

            address.Clear();
            var accepted = LibC.Accept(_descriptor, address);
            if (accepted >= 0)
                Accepted(accepted, address);
            if (accepted >= last)
                Rest((int)AcceptError.NoDescriptors); // Linux gives the lowest number that is free
            else if (accepted >= 0)
                continue;
            else if (accepted == LibC.WouldBlock)
                return;
            else if (accepted is not (LibC.Interrupted or LibC.ConnectionAborted))
                Rest(-accepted);
        }
    }

    public void Run()
    {
        if (_isStopping)
            Close();
        else
            Watch();
    }

    public void Due()
    {
        if (_isClosed)
            return;
        if (_transport.IsLate)
            Pause();
        else if (HasDescriptors())
            Watch();
        else
            Rest((int)AcceptError.NoDescriptors);
    }

    private static bool HasDescriptors()
    {
        var lowest = LibC.CreateEvent();
        if (lowest >= 0)
            LibC.Close(lowest);
        return lowest >= 0 && lowest < LibC.DescriptorLimit() - Reserve;
    }

    private void Accepted(int descriptor, ReadOnlySpan<byte> address)
    {
        if (_isFailureTold)
        {
            _isFailureTold = false;
            _transport.LogAcceptsAgain(_loop.NowMilliseconds - _failingSince, _failedAttempts);
            _failedAttempts = 0;
        }

        _transport.Accepted(descriptor, PeerAddress.Read(address));
    }

    private void Watch()
    {
        _isWatched = _loop.TryWatch(this, _descriptor, EpollOperation.Add, EpollMask.Input);
        if (!_isWatched)
            _loop.Schedule(this, _loop.NowMilliseconds + RestMilliseconds);
    }

    private void Rest(int error)
    {
        _failedAttempts++;
        if (_loop.NowMilliseconds >= _nextLog)
        {
            _failingSince = _loop.NowMilliseconds;
            _nextLog = _failingSince + LogInterval;
            _isFailureTold = true;
            _transport.LogNotAccepted(error);
        }

        Pause();
    }

    private void Pause()
    {
        Unwatch();
        _loop.Schedule(this, _loop.NowMilliseconds + RestMilliseconds);
    }

    private void Close()
    {
        if (_isClosed)
            return;
        _isClosed = true;
        Unwatch();
        _socket.Dispose();
        _closed.SetResult();
    }

    private void Unwatch()
    {
        if (_isWatched)
            _loop.TryWatch(this, _descriptor, EpollOperation.Delete, EpollMask.None);
        _isWatched = false;
    }
}
