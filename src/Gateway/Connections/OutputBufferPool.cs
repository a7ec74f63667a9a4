using System.Buffers;
using System.Numerics;

namespace OrleansBroker.Gateway.Connections;

/// <summary>
/// Buffers for output, small ones kept by thread: in a fan-out as many connections are dirty at once as there are subscribers, and the runtime's pool keeps 32 of
/// a size for each processor. Whoever appends is nearly always whoever writes, so what a thread takes comes back to it.
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
        if (bytes > LargestKeptBytes)
            return ArrayPool<byte>.Shared.Rent(bytes);
        var size = SizeOf(bytes);
        return Kept()[size].TryPop(out var buffer) ? buffer : GC.AllocateUninitializedArray<byte>(SmallestBytes << size);
    }

    public static void Return(byte[] buffer)
    {
        if (buffer.Length > LargestKeptBytes)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            return;
        }

        var kept = Kept()[SizeOf(buffer.Length)];
        if (kept.Count < KeptBytes / buffer.Length)
            kept.Push(buffer);
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
