namespace OrleansBroker.Gateway.Transports.Epoll;

/// <content>What the loop's epoll watches this descriptor for.</content>
internal sealed partial class EpollConnection
{
    private EpollMask _watched;
    private bool _isWatched;

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
