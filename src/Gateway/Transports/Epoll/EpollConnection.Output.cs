using OrleansBroker.Gateway.Connections;

namespace OrleansBroker.Gateway.Transports.Epoll;

/// <content>Bytes out, by the one thread that was asked to flush; what the socket does not take is the loop's until it does.</content>
internal sealed partial class EpollConnection
{
    private ArraySegment<byte> _unsent;
    private bool _isBlocked;
    private bool _hasOutputEnded;

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
}
