using System.Net.Sockets;

namespace OrleansBroker.Silo.Checkpoints;

/// <summary>
/// The socket in the store's folder by which the program asks a running broker for a checkpoint: whoever may write there may ask. Over it goes a line with the folder
/// of the checkpoint, and back a line: <see cref="Done"/>, or why not.
/// </summary>
internal static class CheckpointSocket
{
    public const string Done = "done";

    /// <summary>Bytes of a line: a path has at most 4,096.</summary>
    public const int MaxLineBytes = 8 * 1024;

    private const string Name = "control";

    public static string PathOf(string storePath) => Path.Combine(Path.GetFullPath(storePath), Name);

    /// <exception cref="ArgumentException">The system does not take a path so long for a socket (Linux: 107 bytes).</exception>
    public static UnixDomainSocketEndPoint EndPointOf(string storePath) => new(PathOf(storePath));

    public static Socket Create() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
}
