namespace OrleansBroker.Gateway.Transports.Epoll;

/// <summary>Why Linux gives no connection, by errno; other numbers are the network's.</summary>
internal enum AcceptError
{
    None = 0,

    /// <summary>ENOMEM.</summary>
    NoMemory = 12,

    /// <summary>ENFILE: the system's limit, fs.file-max.</summary>
    NoDescriptorsInSystem = 23,

    /// <summary>EMFILE: the process's limit, RLIMIT_NOFILE.</summary>
    NoDescriptors = 24,

    /// <summary>ENOBUFS.</summary>
    NoBuffers = 105,
}
