using System.Runtime.InteropServices;

namespace OrleansBroker.Gateway.Transports.Epoll;

/// <summary>Where epoll writes what is ready: struct epoll_event, whose shape is the processor's.</summary>
internal sealed class EpollEvents
{
    public const int Capacity = 256;

    public const int LargestRecord = 16;

    // A mask of 4 bytes and a value of 8, which on x86-64 alone are packed.
    private static readonly int ValueOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int RecordSize = ValueOffset + sizeof(long);

    public byte[] Records { get; } = GC.AllocateArray<byte>(Capacity * LargestRecord, pinned: true);

    public static void Write(Span<byte> record, int descriptor, EpollMask mask)
    {
        record.Clear();
        MemoryMarshal.Write(record, (uint)mask);
        MemoryMarshal.Write(record[ValueOffset..], (long)descriptor);
    }

    public void Read(int index, out int descriptor, out EpollMask mask)
    {
        var record = Records.AsSpan(index * RecordSize, RecordSize);
        mask = (EpollMask)MemoryMarshal.Read<uint>(record);
        descriptor = (int)MemoryMarshal.Read<long>(record[ValueOffset..]);
    }
}
