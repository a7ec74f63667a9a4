using System.Runtime.InteropServices;

namespace OrleansBroker.Gateway.Transports.Epoll;

/// <summary>Linux as this transport calls it: nothing blocks but <see cref="Wait"/>, and nothing throws. What fails answers the error number, negative.</summary>
internal static partial class LibC
{
    public const int Interrupted = -4; // EINTR
    public const int WouldBlock = -11; // EAGAIN
    public const int ConnectionAborted = -103; // ECONNABORTED

    private const string Library = "libc";
    private const int CloseOnExec = 0x80000; // EPOLL_CLOEXEC, EFD_CLOEXEC and SOCK_CLOEXEC are one number,
    private const int NonBlocking = 0x800; // and so are EFD_NONBLOCK, SOCK_NONBLOCK and O_NONBLOCK
    private const int DontWait = 0x40; // MSG_DONTWAIT
    private const int NoSignal = 0x4000; // MSG_NOSIGNAL: an error instead of SIGPIPE
    private const int Tcp = 6; // IPPROTO_TCP
    private const int NoDelay = 1; // TCP_NODELAY
    private const int SocketLevel = 1; // SOL_SOCKET
    private const int Linger = 13; // SO_LINGER
    private const int ShutSend = 1; // SHUT_WR
    private const int ShutBoth = 2; // SHUT_RDWR
    private const int DescriptorLimitKind = 7; // RLIMIT_NOFILE
    private const int GetFlags = 3; // F_GETFL
    private const int SetFlags = 4; // F_SETFL
    private const int PollError = 0x8; // POLLERR
    private const int PollHangUp = 0x10; // POLLHUP
    private const int PeerHangUp = 0x2000; // POLLRDHUP

    public static int CreateEpoll() => Result(EpollCreate(CloseOnExec));

    public static int CreateEvent() => Result(EventFd(0, CloseOnExec | NonBlocking));

    public static int Control(int epoll, EpollOperation operation, int descriptor, EpollMask mask)
    {
        Span<byte> record = stackalloc byte[EpollEvents.LargestRecord];
        EpollEvents.Write(record, descriptor, mask);
        return Result(EpollControl(epoll, (int)operation, descriptor, in record[0]));
    }

    /// <summary>How many sockets are ready.</summary>
    /// <param name="milliseconds">-1: for ever.</param>
    public static int Wait(int epoll, EpollEvents events, int milliseconds) =>
        Result(EpollWait(epoll, ref events.Records[0], EpollEvents.Capacity, milliseconds));

    /// <summary>Bytes received; 0 at the client's end.</summary>
    public static int Receive(int socket, Span<byte> buffer)
    {
        int received;
        do
            received = Result((int)Recv(socket, ref MemoryMarshal.GetReference(buffer), (nuint)buffer.Length, DontWait));
        while (received == Interrupted);
        return received;
    }

    /// <summary>Bytes that the socket took: fewer than given, or <see cref="WouldBlock"/>, when it is full.</summary>
    public static int Send(int socket, ReadOnlySpan<byte> bytes)
    {
        int sent;
        do
            sent = Result((int)SendTo(socket, in MemoryMarshal.GetReference(bytes), (nuint)bytes.Length, DontWait | NoSignal));
        while (sent == Interrupted);
        return sent;
    }

    /// <summary>The next connection that waits, non-blocking and without Nagle's delay.</summary>
    /// <param name="address">Gets the client's sockaddr.</param>
    public static int Accept(int listener, Span<byte> address)
    {
        var length = (uint)address.Length;
        var accepted = Result(Accept4(listener, ref MemoryMarshal.GetReference(address), ref length, CloseOnExec | NonBlocking));
        if (accepted >= 0)
            _ = SetOption(accepted, Tcp, NoDelay, 1, sizeof(int)); // without it the connection is slower, not wrong
        return accepted;
    }

    public static int SetNonBlocking(int descriptor)
    {
        var flags = Result(FileControl(descriptor, GetFlags, 0));
        return flags < 0 ? flags : Result(FileControl(descriptor, SetFlags, flags | NonBlocking));
    }

    /// <summary>The other side has closed, in one direction or both, or the connection is broken; what it sent before may be unread.</summary>
    public static bool HasHungUp(int socket)
    {
        var record = new PollRecord { Descriptor = socket, Asked = PeerHangUp };
        return Poll(ref record, 1, 0) > 0 && (record.Answered & (PeerHangUp | PollError | PollHangUp)) != 0;
    }

    /// <summary>FIN behind the last byte.</summary>
    public static void EndSending(int socket) => _ = Shutdown(socket, ShutSend);

    /// <summary>Neither direction any more; the descriptor stays.</summary>
    public static void EndBoth(int socket) => _ = Shutdown(socket, ShutBoth);

    /// <summary>Closing this socket resets the connection instead of waiting for what the client does not take.</summary>
    public static void ResetWhenClosed(int socket) => _ = SetOption(socket, SocketLevel, Linger, 1, sizeof(long)); // struct linger { l_onoff = 1, l_linger = 0 }

    /// <summary>How many descriptors the process may have, which may change while it runs.</summary>
    public static long DescriptorLimit()
    {
        Span<long> limits = stackalloc long[2]; // struct rlimit: rlim_cur, rlim_max
        return GetLimit(DescriptorLimitKind, ref limits[0]) < 0 || limits[0] < 0 ? long.MaxValue : limits[0];
    }

    // Whatever it answers, EINTR too, the descriptor is gone.
    public static void Close(int descriptor) => _ = CloseDescriptor(descriptor);

    public static void Wake(int descriptor) => _ = WriteNumber(descriptor, 1, sizeof(long));

    private static int Result(int answer) => answer >= 0 ? answer : -Marshal.GetLastPInvokeError();

    [LibraryImport(Library, EntryPoint = "epoll_create1", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int EpollCreate(int flags);

    [LibraryImport(Library, EntryPoint = "epoll_ctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int EpollControl(int epoll, int operation, int descriptor, in byte record);

    [LibraryImport(Library, EntryPoint = "epoll_wait", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int EpollWait(int epoll, ref byte records, int capacity, int milliseconds);

    [LibraryImport(Library, EntryPoint = "eventfd", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int EventFd(uint value, int flags);

    [LibraryImport(Library, EntryPoint = "write", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint WriteNumber(int descriptor, in long number, nuint size);

    [LibraryImport(Library, EntryPoint = "recv", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Recv(int socket, ref byte buffer, nuint length, int flags);

    [LibraryImport(Library, EntryPoint = "send", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint SendTo(int socket, in byte bytes, nuint length, int flags);

    [LibraryImport(Library, EntryPoint = "accept4", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Accept4(int listener, ref byte address, ref uint length, int flags);

    [LibraryImport(Library, EntryPoint = "poll", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Poll(ref PollRecord record, nuint count, int milliseconds);

    [LibraryImport(Library, EntryPoint = "setsockopt", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetOption(int socket, int level, int option, in long value, uint size);

    [LibraryImport(Library, EntryPoint = "shutdown", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Shutdown(int socket, int how);

    [LibraryImport(Library, EntryPoint = "fcntl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int FileControl(int descriptor, int command, nint argument);

    [LibraryImport(Library, EntryPoint = "getrlimit", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetLimit(int kind, ref long limits);

    [LibraryImport(Library, EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int CloseDescriptor(int descriptor);

    // struct pollfd
    private struct PollRecord
    {
        public int Descriptor;
        public short Asked;
        public short Answered;
    }
}
