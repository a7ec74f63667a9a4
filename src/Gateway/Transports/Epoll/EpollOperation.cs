namespace OrleansBroker.Gateway.Transports.Epoll;

/// <summary>What epoll_ctl does; the numbers are Linux'.</summary>
internal enum EpollOperation
{
    None = 0,
    Add = 1,
    Delete = 2,
    Modify = 3,
}
