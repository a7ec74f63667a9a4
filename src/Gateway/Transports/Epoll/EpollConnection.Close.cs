using OrleansBroker.Gateway.Connections;

namespace OrleansBroker.Gateway.Transports.Epoll;

/// <content>The end: gently after the last packet, or cut; and the release of the descriptor when input and output have both ended.</content>
internal sealed partial class EpollConnection
{
    private bool _isClosing;
    private bool _isCut;
    private bool _isReleased;

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
}
