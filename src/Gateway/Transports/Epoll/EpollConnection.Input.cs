using OrleansBroker.Gateway.Connections;

namespace OrleansBroker.Gateway.Transports.Epoll;

/// <content>Bytes in, on the loop's thread alone: received into the loop's one buffer and fed from there; what is left of a packet is kept.</content>
internal sealed partial class EpollConnection
{
    private InputBuffer _input;
    private bool _isPaused;
    private bool _isAgain;
    private bool _hasInputEnded;

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
}
