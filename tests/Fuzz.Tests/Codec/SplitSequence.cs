using System.Buffers;

namespace OrleansBroker.Fuzz.Tests.Codec;

/// <summary>Two segments that are used again and again.</summary>
internal sealed class SplitSequence
{
    private readonly Segment _first = new();
    private readonly Segment _second = new();

    /// <summary>Valid until the next.</summary>
    public ReadOnlySequence<byte> Of(ReadOnlyMemory<byte> bytes, int at)
    {
        _second.Set(bytes[at..], at, null);
        _first.Set(bytes[..at], 0, _second);
        return new ReadOnlySequence<byte>(_first, 0, _second, bytes.Length - at);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public void Set(ReadOnlyMemory<byte> bytes, long runningIndex, Segment? next)
        {
            Memory = bytes;
            RunningIndex = runningIndex;
            Next = next;
        }
    }
}
