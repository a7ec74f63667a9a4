using System.Buffers;
using System.Numerics;

namespace OrleansBroker.Gateway.Connections;

/// <summary>
/// Buffers for output, small ones kept by thread: in a fan-out as many connections are dirty at once as there are subscribers, and the runtime's pool keeps 32 of
/// a size for each processor. Whoever appends is mostly whoever writes, so what a thread takes comes back to it; where it is not (a
/// commit's thread appends, a loop writes) the runtime's pool is between them.
/// </summary>
internal static class OutputBufferPool
{
    public const int SmallestBytes = 256;

    private const int LargestKeptBytes = 4096;

    // 256, 512, 1,024, 2,048 and 4,096 bytes.
    private const int Sizes = 5;

    // Of each size: 4,096 of the smallest, 256 of the largest; in all 5 MiB a thread at most.
    private const int KeptBytes = 1024 * 1024;

    [ThreadStatic]
    private static Stack<byte[]>[]? _kept;

    /// <returns>At least <paramref name="bytes"/> long.</returns>
    public static byte[] Rent(int bytes)
    {
        return bytes <= LargestKeptBytes && Kept()[SizeOf(bytes)].TryPop(out var buffer)
            ? buffer
            : ArrayPool<byte>.Shared.Rent(Math.Max(bytes, SmallestBytes));
    }

    public static void Return(byte[] buffer)
    {
        if (buffer.Length <= LargestKeptBytes && Kept()[SizeOf(buffer.Length)] is var kept && kept.Count < KeptBytes / buffer.Length)
            kept.Push(buffer);
        else
            ArrayPool<byte>.Shared.Return(buffer);
    }

    private static int SizeOf(int bytes) => bytes <= SmallestBytes ? 0 : BitOperations.Log2((uint)(bytes - 1) / SmallestBytes) + 1;

    private static Stack<byte[]>[] Kept() => _kept ?? Create();

    private static Stack<byte[]>[] Create()
    {
        var kept = new Stack<byte[]>[Sizes];
        for (var i = 0; i < Sizes; i++)
            kept[i] = new Stack<byte[]>();
        return _kept = kept;
    }
}
