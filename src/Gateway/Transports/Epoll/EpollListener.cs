using System.Net.Sockets;
using OrleansBroker.Gateway.Connections;

namespace OrleansBroker.Gateway.Transports.Epoll;

/// <summary>A listening socket on a loop: accepts what waits, and rests a while when the system has no room for more.</summary>
internal sealed class EpollListener : IEpollTarget
{
    // In one go, so that a storm of reconnects does not keep the loop from its connections.
    private const int MaxAccepted = 64;

    // Descriptors and memory come back as connections end; until then each attempt would fail at once, and the listener stays ready.
    private const int RestMilliseconds = 100;

    private readonly EpollTransport _transport;
    private readonly EpollLoop _loop;
    private readonly Socket _socket;
    private readonly int _descriptor;
    private volatile bool _isStopping;
    private bool _isWatched;
    private bool _isClosed;

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

    public void Stop()
    {
        _isStopping = true;
        _loop.Post(this);
    }

    public void Ready(EpollMask mask)
    {
        Span<byte> address = stackalloc byte[PeerAddress.MaximumLength];
        for (var i = 0; i < MaxAccepted && _isWatched; i++)
        {
            address.Clear();
            var accepted = LibC.Accept(_descriptor, address);
            if (accepted >= 0)
                _transport.Accepted(accepted, ConnectionOrigin.Of(PeerAddress.Read(address)));
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
        if (!_isClosed)
            Watch();
    }

    private void Watch()
    {
        _isWatched = _loop.TryWatch(this, _descriptor, EpollOperation.Add, EpollMask.Input);
        if (!_isWatched)
            _loop.Schedule(this, _loop.NowMilliseconds + RestMilliseconds);
    }

    private void Rest(int error)
    {
        _transport.LogNotAccepted(error);
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
    }

    private void Unwatch()
    {
        if (_isWatched)
            _loop.TryWatch(this, _descriptor, EpollOperation.Delete, EpollMask.None);
        _isWatched = false;
    }
}
