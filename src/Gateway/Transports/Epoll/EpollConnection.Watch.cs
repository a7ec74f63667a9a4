namespace OrleansBroker.Gateway.Transports.Epoll;

/// <content>What the loop's epoll watches this descriptor for.</content>
internal sealed partial class EpollConnection
{
    private EpollMask _watched;
    private bool _isWatched;

    /// <summary>Gives the connection to the loop that it should be on now. Only while it does nothing but wait for input: everything that a loop alone knows of it is in its own fields.</summary>
    /// <returns>False: it stays. What is ready is told again by the new loop's epoll.</returns>
    private bool TryMove(EpollMask mask)
    {
        if (mask != EpollMask.Input || _watched != EpollMask.Input || _isPaused || _isAgain || _isBlocked || _isClosing || _isCut || _hasInputEnded)
            return false;
        var home = _transport.Home(out _spreadVersion);
        if (home == _loop)
            return false;
        _loop.TryWatch(this, _descriptor, EpollOperation.Delete, EpollMask.None);
        _isWatched = false;
        // From here on it is the other thread's.
        _loop = home;
        Post(EpollPosts.Register);
        return true;
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
