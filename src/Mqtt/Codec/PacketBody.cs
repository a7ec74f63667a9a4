using System.Buffers;

namespace OrleansBroker.Mqtt.Codec;

/// <summary>
/// A packet's body in one piece, as the decoders want it: the sequence's own memory when that is contiguous, otherwise a copy in the caller's
/// buffer or, when that is too short, in a rented one. Views on the body end with <see cref="Dispose"/>.
/// </summary>
public ref struct PacketBody
{
    private byte[]? _rented;

    /// <param name="body">Exactly the body, see <see cref="FrameHeader.RemainingLength"/>.</param>
    /// <param name="scratch">May be empty.</param>
    public PacketBody(in ReadOnlySequence<byte> body, Span<byte> scratch = default)
    {
        if (body.IsSingleSegment)
        {
            Span = body.FirstSpan;
            return;
        }

        var length = (int)body.Length;
        if (length > scratch.Length)
            scratch = _rented = ArrayPool<byte>.Shared.Rent(length);
        body.CopyTo(scratch);
        Span = scratch[..length];
    }

    public ReadOnlySpan<byte> Span { get; private set; }

    public void Dispose()
    {
        Span = default;
        if (_rented is null)
            return;
        ArrayPool<byte>.Shared.Return(_rented);
        _rented = null;
    }
}
