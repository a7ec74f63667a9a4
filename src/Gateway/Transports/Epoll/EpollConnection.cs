using OrleansBroker.Gateway.Connections;

namespace OrleansBroker.Gateway.Transports.Epoll;

/// <summary>
/// One TCP connection of a loop. Its input and its descriptor are the loop's. Its output is written by the one thread that was asked to flush, whichever it
/// is, at the end of its turn; what the socket does not take is the loop's until it does. The descriptor is closed by the loop, once, when both have ended.
/// </summary>
internal sealed partial class EpollConnection : IConnectionTransport, IEpollTarget
{
    private readonly EpollTransport _transport;
    private readonly int _descriptor;
    private volatile EpollLoop _loop;
    private int _spreadVersion;
    private int _posts;

    public EpollConnection(EpollTransport transport, GatewayServices services, ConnectionOrigin origin, int descriptor)
    {
        _transport = transport;
        _loop = transport.Home(out _spreadVersion);
        _descriptor = descriptor;
        Connection = new Connection(services.Registry.NextId(), origin, services, this);
    }

    public Connection Connection { get; }

    /// <summary>Should the loop close the descriptor at this moment, so that another's is asked, the connection is at its end either way.</summary>
    public bool HasClientHungUp => LibC.HasHungUp(_descriptor);

    public EpollLoop Loop => _loop;

    public void Register() => Post(EpollPosts.Register);

    public void Cut() => Post(EpollPosts.Cut);

    public void ScheduleFlush() => Post(EpollPosts.Flush);

    public void ResumeInput() => Post(EpollPosts.Resume);

    public void Close() => Post(EpollPosts.Close);

    public void Flush() => WriteSafely(default);

    public void Ready(EpollMask mask)
    {
        try
        {
            if (_spreadVersion != _transport.Spread.Version && TryMove(mask))
                return;
            if ((mask & ~EpollMask.Input) != 0)
                WriteOn();
            if ((mask & ~EpollMask.Output) != 0)
                Read((mask & (EpollMask.Error | EpollMask.HangUp)) != 0);
        }
        catch (Exception fault)
        {
            Fault(fault);
        }
    }

    public void Run()
    {
        if (!_loop.IsCurrent)
        {
            // It moved while this was on its way to its last loop.
            _loop.Post(this);
            return;
        }

        var posts = (EpollPosts)Interlocked.Exchange(ref _posts, 0);
        if (_isReleased)
            return;
        try
        {
            Run(posts);
        }
        catch (Exception fault)
        {
            Fault(fault);
        }
    }

    /// <summary>The last turn ended before the bytes.</summary>
    public void Continue()
    {
        _isAgain = false;
        try
        {
            FeedKept();
        }
        catch (Exception fault)
        {
            Fault(fault);
        }
    }

    /// <summary>The client took too long to take the last packet and close its side.</summary>
    public void Due() => CutOff();

    public void CloseDescriptor()
    {
        LibC.Close(_descriptor);
        _transport.Closed(this);
    }

    private void Post(EpollPosts post)
    {
        if (Interlocked.Or(ref _posts, (int)post) == 0)
            _loop.Post(this);
    }

    private void Run(EpollPosts posts)
    {
        if (posts.HasFlag(EpollPosts.Register))
            Watch(_watched | EpollMask.Input);
        if (posts.HasFlag(EpollPosts.Blocked))
            WaitForRoom();
        if (posts.HasFlag(EpollPosts.OutputEnded))
            _hasOutputEnded = true;
        if (posts.HasFlag(EpollPosts.Flush))
            OutputTurn.Enlist(this, isDelivery: false); // with what else this turn appends
        if (posts.HasFlag(EpollPosts.Resume))
            Resume();
        if (posts.HasFlag(EpollPosts.Close))
            BeginClosing();
        if (posts.HasFlag(EpollPosts.Cut))
            CutOff();
        ReleaseIfEnded();
    }

    private void Fault(Exception fault)
    {
        // A fault behind one packet must neither stay unseen nor reach other connections.
        Connection.Faulted(fault);
        _input.Clear();
    }
}
