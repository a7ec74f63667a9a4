namespace OrleansBroker.Gateway.Connections;

/// <summary>Bytes on their way out: appended by anyone under the connection's lock, taken as a whole by the transport. Holds memory only while there are bytes.</summary>
internal struct OutputBuffer
{
    // A burst's buffer serves as the next one's first guess only up to here, so that a rare large packet does not fix it.
    private const int LargestGuess = 64 * 1024;

    // A quarter less each time: PUBREL packets between bursts of PUBLISH do not make each of these grow from the smallest again.
    private const int GuessDecay = 4;

    private byte[]? _bytes;
    private int _guess;

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
        _guess = Math.Min(Math.Max(Length, _guess - (_guess / GuessDecay)), LargestGuess);
        _bytes = null;
        Length = 0;
        return taken;
    }

    public void Clear()
    {
        if (_bytes is not null)
            Return(Take());
    }

    public static void Return(ArraySegment<byte> taken) => OutputBufferPool.Return(taken.Array!);

    private void Grow(int end)
    {
        var larger = OutputBufferPool.Rent(Math.Max(end, _bytes is null ? _guess : 2 * _bytes.Length));
        if (_bytes is not null)
        {
            _bytes.AsSpan(0, Length).CopyTo(larger);
            OutputBufferPool.Return(_bytes);
        }

        _bytes = larger;
    }
}
