namespace OrleansBroker.Gateway.Transports.Epoll;

/// <summary>What a loop drives. All methods are called by the loop's thread, within an <see cref="Connections.OutputTurn"/>, and throw nothing.</summary>
internal interface IEpollTarget
{
    /// <summary>Its descriptor is ready.</summary>
    void Ready(EpollMask mask);

    /// <summary>It was posted, by whatever thread.</summary>
    void Run();

    /// <summary>Its time has come: see <see cref="EpollLoop.Schedule"/>.</summary>
    void Due();
}
