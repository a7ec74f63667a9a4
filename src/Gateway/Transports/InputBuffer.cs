using System.Buffers;

namespace OrleansBroker.Gateway.Transports;

/// <summary>Bytes on their way in, in one piece from the start of a packet: filled at the end, consumed at the front. Holds memory only while there are bytes.</summary>
internal struct InputBuffer
{
    private const int SmallestBuffer = 4 * 1024;

    // Less room than this at the end is not worth a read.
    private const int SmallestRoom = SmallestBuffer / 2;

    // A stream that fills the buffer gets a larger one, up to what one turn handles.
    private const int LargestGuess = 64 * 1024;

    private byte[]? _bytes;
    private int _start;
    private int _end;
    private int _guess;

    public readonly bool IsEmpty => _bytes is null;

    public readonly ReadOnlySpan<byte> Unread => _bytes.AsSpan(_start, _end - _start);

    /// <summary>Where the next bytes go; after it <see cref="Received"/>.</summary>
    public Memory<byte> Room()
    {
        if (_bytes is null)
            _bytes = ArrayPool<byte>.Shared.Rent(Math.Max(_guess, SmallestBuffer));
        else if (_bytes.Length - _end < SmallestRoom)
            MakeRoom(_bytes);
        return _bytes.AsMemory(_end);
    }

    public void Received(int count)
    {
        _end += count;
        if (_bytes is not null)
            _guess = _end == _bytes.Length ? Math.Min(2 * _end, LargestGuess) : Math.Min(_guess, 2 * _end);
        if (_end == _start)
            Clear();
    }

    /// <summary>Keeps bytes that were received elsewhere; no larger than they are, for they are a rest.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return;
        _bytes ??= ArrayPool<byte>.Shared.Rent(bytes.Length);
        while (bytes.Length > 0)
        {
            var room = _bytes.Length - _end >= bytes.Length ? _bytes.AsSpan(_end) : Room().Span;
            var count = Math.Min(room.Length, bytes.Length);
            bytes[..count].CopyTo(room);
            _end += count;
            bytes = bytes[count..];
        }
    }

    public void Consume(int count)
    {
        _start += count;
        if (_start == _end)
            Clear();
    }

    public void Clear()
    {
        if (_bytes is not null)
            ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = null;
        _start = 0;
        _end = 0;
    }

    // A packet is moved at most as often as its length doubles, so the copies are not more than the bytes.
    private void MakeRoom(byte[] old)
    {
        var unread = Unread;
        var target = unread.Length > old.Length / 2 ? ArrayPool<byte>.Shared.Rent(2 * old.Length) : old;
        unread.CopyTo(target);
        _end = unread.Length;
        _start = 0;
        _bytes = target;
        if (target != old)
            ArrayPool<byte>.Shared.Return(old);
    }
}
