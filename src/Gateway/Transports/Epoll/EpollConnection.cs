using OrleansBroker.Gateway.Connections;

namespace OrleansBroker.Gateway.Transports.Epoll;

/// <summary>
/// One TCP connection of a loop. Its input and its descriptor are the loop's. Its output is written by the one thread that was asked to flush, whichever it
/// is, at the end of its turn; what the socket does not take is the loop's until it does. The descriptor is closed by the loop, once, when both have ended.
/// </summary>
internal sealed class EpollConnection : IConnectionTransport, IEpollTarget
{
    private readonly EpollTransport _transport;
    private readonly EpollLoop _loop;
    private readonly int _descriptor;
    private InputBuffer _input;
    private ArraySegment<byte> _unsent;
    private int _posts;
    private EpollMask _watched;
    private bool _isWatched;
    private bool _isPaused;
    private bool _isAgain;
    private bool _isBlocked;
    private bool _isClosing;
    private bool _isCut;
    private bool _hasInputEnded;
    private bool _hasOutputEnded;
    private bool _isReleased;

    public EpollConnection(EpollTransport transport, EpollLoop loop, GatewayServices services, ConnectionOrigin origin, int descriptor)
    {
        _transport = transport;
        _loop = loop;
        _descriptor = descriptor;
        Connection = new Connection(services.Registry.NextId(), origin, services, this);
    }

    public Connection Connection { get; }

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
            Watch(EpollMask.Input);
        if (posts.HasFlag(EpollPosts.Blocked))
            WaitForRoom();
        if (posts.HasFlag(EpollPosts.OutputEnded))
            _hasOutputEnded = true;
        if (posts.HasFlag(EpollPosts.Flush))
            OutputTurn.Enlist(this); // with what else this turn appends
        if (posts.HasFlag(EpollPosts.Resume))
            Resume();
        if (posts.HasFlag(EpollPosts.Close))
            BeginClosing();
        if (posts.HasFlag(EpollPosts.Cut))
            CutOff();
        ReleaseIfEnded();
    }

    private void Read(bool isBroken)
    {
        if (_isReleased)
            return;
        if (_hasInputEnded || (_isPaused && !_isClosing))
            WatchNoInput(isBroken);
        else if (_isClosing)
            Drain();
        else if (_input.Unread.Length > EpollLoop.LongestRest)
            ReadLongPacket();
        else
            ReadShared();
    }

    private void ReadShared()
    {
        var rest = _input.Unread.Length;
        var buffer = _loop.BufferWith(_input.Unread);
        var received = LibC.Receive(_descriptor, buffer[rest..]);
        if (received <= 0)
        {
            ReceivedNone(received);
            return;
        }

        _input.Clear();
        var bytes = buffer[..(rest + received)];
        var status = Connection.ReceiveContiguous(bytes, out var consumed);
        if (consumed < bytes.Length && status != ReceiveStatus.Closed)
            _input.Append(bytes[consumed..]);
        Fed(status, received);
    }

    private void ReadLongPacket()
    {
        // What is kept must be handled before more is: a turn that ended has more than a packet here.
        if (_isAgain)
            return;
        var received = LibC.Receive(_descriptor, _input.Room().Span);
        if (received <= 0)
        {
            ReceivedNone(received);
            return;
        }

        _input.Received(received);
        FeedKept();
    }

    private void FeedKept()
    {
        if (_input.IsEmpty || _isClosing || _isPaused)
            return;
        var status = Connection.ReceiveContiguous(_input.Unread, out var consumed);
        _input.Consume(consumed);
        Fed(status, consumed);
    }

    private void Fed(ReceiveStatus status, int bytes)
    {
        if (status == ReceiveStatus.Closed)
        {
            _input.Clear();
        }
        else if (status == ReceiveStatus.Paused)
        {
            // Bytes that come meanwhile stay in the system: the first of them ends the watching, see Read.
            _isPaused = true;
        }
        else if (status == ReceiveStatus.TurnOver && !_isAgain)
        {
            _isAgain = true;
            _loop.Again(this);
        }

        _loop.Handled(bytes);
    }

    private void Resume()
    {
        if (_isClosing || _hasInputEnded)
            return;
        _isPaused = false;
        FeedKept();
        if (!_isPaused)
            Watch(_watched | EpollMask.Input);
    }

    private void ReceivedNone(int result)
    {
        if (result == LibC.WouldBlock)
            return;
        EndInput();
    }

    private void EndInput()
    {
        _hasInputEnded = true;
        _input.Clear();
        Watch(_watched & ~EpollMask.Input);
        Connection.InputEnded();
        ReleaseIfEnded();
    }

    /// <summary>To nowhere, until the client has closed its side too.</summary>
    private void Drain()
    {
        var received = LibC.Receive(_descriptor, _loop.BufferWith(default));
        if (received <= 0)
            ReceivedNone(received);
        else
            _loop.Handled(received);
    }

    private void BeginClosing()
    {
        if (_isClosing)
            return;
        _isClosing = true;
        _input.Clear();
        _loop.Schedule(this, _loop.NowMilliseconds + (long)OutputLoop.CloseTime.TotalMilliseconds);
        if (!_hasInputEnded)
            Watch(_watched | EpollMask.Input);
    }

    private void CutOff()
    {
        if (_isReleased || _isCut)
            return;
        _isCut = true;
        _hasInputEnded = true;
        Connection.InputEnded();
        if (_isBlocked)
            DropUnsent();
        if (!_hasOutputEnded)
        {
            // Someone may be writing at this moment, or has still to: the descriptor stays until that has failed.
            LibC.EndBoth(_descriptor);
            Connection.OutputFailed();
            Unwatch();
        }

        ReleaseIfEnded();
    }

    private void ReleaseIfEnded()
    {
        if (!_hasInputEnded || !_hasOutputEnded || _isReleased)
            return;
        _isReleased = true;
        if (_isCut)
            LibC.ResetWhenClosed(_descriptor);
        _loop.Release(this, _descriptor);
    }

    private void WriteSafely(ArraySegment<byte> output)
    {
        try
        {
            Write(output);
        }
        catch (Exception fault)
        {
            // Nobody else catches it: whatever a flush meets ends this connection alone.
            Connection.Faulted(fault);
            FailOutput();
        }
    }

    /// <summary>By the one who was asked to flush, until there is no output.</summary>
    /// <param name="output">What the socket did not take before, or nothing.</param>
    private void Write(ArraySegment<byte> output)
    {
        var isLast = false;
        while (output.Count > 0 || Connection.TakeOutput(out output, out isLast))
        {
            var sent = LibC.Send(_descriptor, output);
            if (sent < output.Count && sent is >= 0 or LibC.WouldBlock)
            {
                _unsent = output[Math.Max(sent, 0)..];
                Post(EpollPosts.Blocked);
                return;
            }

            OutputBuffer.Return(output);
            output = default;
            if (sent < 0)
            {
                FailOutput();
                return;
            }
        }

        if (!isLast)
            return;
        // FIN alone: were the socket closed with input unread, the reset could overtake the last packet on its way.
        LibC.EndSending(_descriptor);
        Post(EpollPosts.OutputEnded);
    }

    private void WriteOn()
    {
        if (_isReleased)
            return;
        if (!_isBlocked)
        {
            Watch(_watched & ~EpollMask.Output);
            return;
        }

        _isBlocked = false;
        var unsent = _unsent;
        _unsent = default;
        WriteSafely(unsent);
    }

    private void WaitForRoom()
    {
        _isBlocked = true;
        if (_isCut)
            DropUnsent();
        else
            Watch(_watched | EpollMask.Output);
    }

    private void DropUnsent()
    {
        _isBlocked = false;
        OutputBuffer.Return(_unsent);
        _unsent = default;
        Connection.OutputFailed();
        _hasOutputEnded = true;
    }

    private void FailOutput()
    {
        Connection.OutputFailed();
        Post(EpollPosts.OutputEnded);
    }

    private void Fault(Exception fault)
    {
        // A fault behind one packet must neither stay unseen nor reach other connections.
        Connection.Faulted(fault);
        _input.Clear();
    }

    private void WatchNoInput(bool isBroken)
    {
        // What is broken is told for as long as it is watched at all.
        if (isBroken)
            Unwatch();
        else
            Watch(_watched & ~EpollMask.Input);
    }

    private void Watch(EpollMask mask)
    {
        if (_isReleased || _isCut || (_isWatched && _watched == mask))
            return;
        var isKnown = _loop.TryWatch(this, _descriptor, _isWatched ? EpollOperation.Modify : EpollOperation.Add, mask);
        _isWatched = isKnown;
        _watched = mask;
        if (!isKnown)
            CutOff();
    }

    private void Unwatch()
    {
        if (!_isWatched)
            return;
        _isWatched = false;
        _watched &= ~EpollMask.Input;
        _loop.TryWatch(this, _descriptor, EpollOperation.Delete, EpollMask.None);
    }
}
