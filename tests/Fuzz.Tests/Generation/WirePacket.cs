namespace OrleansBroker.Fuzz.Tests.Generation;

/// <summary>A packet as a list of fields, so that a mutation can break one rule and keep the others.</summary>
internal sealed class WirePacket(int first, List<Part> parts)
{
    /// <summary>Type and flags.</summary>
    public int First { get; set; } = first;

    public List<Part> Parts { get; } = parts;

    /// <summary>Bytes that the Remaining Length has more or less than there are.</summary>
    public int LengthError { get; set; }

    /// <summary>The encoded Remaining Length, when not the shortest of the truth.</summary>
    public byte[]? LengthBytes { get; set; }

    /// <summary>Bytes of the body that are missing at its end; the Remaining Length knows of it.</summary>
    public int MissingBytes { get; set; }

    /// <summary>Bytes that Remaining Length is padded with.</summary>
    public int Padding { get; set; }

    public int Type => First >> 4;

    public WirePacket Copy() => new(First, [.. Parts.Select(part => part.Copy())])
    {
        LengthError = LengthError,
        LengthBytes = LengthBytes,
        MissingBytes = MissingBytes,
        Padding = Padding,
    };

    public void WriteTo(ByteSink sink)
    {
        var body = new ByteSink();
        foreach (var part in Parts)
            part.WriteTo(body);
        body.Cut(Math.Max(0, body.Length - MissingBytes));
        sink.Byte(First);
        if (LengthBytes is not null)
            sink.Raw(LengthBytes);
        else
            WriteLength(sink, (uint)Math.Max(0, body.Length + LengthError));
        sink.Raw(body.Written);
    }

    private void WriteLength(ByteSink sink, uint length)
    {
        var start = sink.Length;
        sink.VariableByteInteger(length);
        for (var i = 0; i < Padding && sink.Length - start < 4; i++)
        {
            sink.Written[^1] |= 0x80;
            sink.Byte(0);
        }
    }
}
