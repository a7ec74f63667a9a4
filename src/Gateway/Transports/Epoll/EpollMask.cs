namespace OrleansBroker.Gateway.Transports.Epoll;

/// <summary>What epoll waits for and tells; errors and hang-ups it tells always.</summary>
[Flags]
internal enum EpollMask : uint
{
    None = 0,
    Input = 0x1,
    Output = 0x4,
    Error = 0x8,
    HangUp = 0x10,
    EdgeTriggered = 0x8000_0000,
}
