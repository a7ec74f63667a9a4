using System.Buffers;

namespace OrleansBroker.Gateway.Connections;

/// <summary>Bytes on their way out: appended by anyone under the connection's lock, taken as a whole by the transport. Holds memory only while there are bytes.</summary>
internal struct OutputBuffer
{
    private const int SmallestBuffer = 256;

    // A burst's buffer serves as the next one's first guess only up to here, so that a rare large packet does not fix it.
    private const int LargestGuess = 64 * 1024;

    private byte[]? _bytes;
    private int _lastLength;

    /// <summary>Bytes waiting.</summary>
    public int Length { get; private set; }

    /// <summary>Room for exactly <paramref name="length"/> bytes at the end, which the caller fills at once.</summary>
    public Span<byte> Append(int length)
    {
        var end = checked(Length + length);
        if (_bytes is null || _bytes.Length < end)
            Grow(end);
        var room = _bytes.AsSpan(Length, length);
        Length = end;
        return room;
    }

    /// <summary>Hands the bytes over; give them back with <see cref="Return"/>.</summary>
    public ArraySegment<byte> Take()
    {
        var taken = new ArraySegment<byte>(_bytes!, 0, Length);
        _lastLength = Length;
        _bytes = null;
        Length = 0;
        return taken;
    }

    public void Clear()
    {
        if (_bytes is not null)
            Return(Take());
    }

    public static void Return(ArraySegment<byte> taken) => ArrayPool<byte>.Shared.Return(taken.Array!);

    private void Grow(int end)
    {
        var guess = _bytes is null ? Math.Min(_lastLength, LargestGuess) : 2 * _bytes.Length;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Math.Max(end, guess), SmallestBuffer));
        if (_bytes is not null)
        {
            _bytes.AsSpan(0, Length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
        }

        _bytes = larger;
    }
}
