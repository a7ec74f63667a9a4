namespace OrleansBroker.Gateway.Transports.Epoll;

/// <summary>What other threads, or a turn's end, have for a connection's loop to do.</summary>
[Flags]
internal enum EpollPosts
{
    None = 0,

    /// <summary>It is new on this loop: watch it.</summary>
    Register = 1,

    /// <summary>Handle what is kept, and read on.</summary>
    Resume = 2,

    /// <summary>Output waits and nobody's turn writes it.</summary>
    Flush = 4,

    /// <summary>The socket is full: write on when it is not.</summary>
    Blocked = 8,

    /// <summary>Nothing will be written any more.</summary>
    OutputEnded = 16,

    /// <summary>Read to nowhere from here on, and only for so long.</summary>
    Close = 32,

    /// <summary>Do not wait for the client.</summary>
    Cut = 64,
}
