namespace OrleansBroker.Fuzz.Tests.Judge;

/// <summary>Reads from some bytes; where they end too early it is short from then on and gives zeros and nothing.</summary>
internal struct Cursor(byte[] bytes, int start, int end)
{
    public int At { get; private set; } = start;

    public bool IsShort { get; private set; }

    public readonly int Left => end - At;

    public int Byte()
    {
        if (Left < 1)
            return RunShort();
        return bytes[At++];
    }

    public int Two() => (Byte() << 8) | Byte();

    public uint Four() => ((uint)Two() << 16) | (uint)Two();

    public Slice Block(int length)
    {
        if (length > Left)
        {
            RunShort();
            return new Slice(bytes, At, 0);
        }

        var slice = new Slice(bytes, At, length);
        At += length;
        return slice;
    }

    /// <summary>A string or Binary Data: two bytes of length, then as many bytes.</summary>
    public Slice Counted() => Block(Two());

    /// <summary>MQTT5 section 1.5.5: at most four bytes.</summary>
    /// <param name="isTooLong">The fourth byte says that another follows.</param>
    /// <param name="isPadded">Fewer bytes would have done.</param>
    public int VariableByteInteger(out bool isTooLong, out bool isPadded)
    {
        var value = 0;
        var multiplier = 1;
        var count = 0;
        int encoded;
        isTooLong = false;
        do
        {
            encoded = Byte();
            count++;
            value += (encoded % 128) * multiplier;
            multiplier *= 128;
            if (count == 4 && encoded >= 128)
                isTooLong = true;
        }
        while (encoded >= 128 && count < 4);

        isPadded = !isTooLong && !IsShort && count > 1 && encoded == 0;
        return value;
    }

    private int RunShort()
    {
        IsShort = true;
        At = end;
        return 0;
    }
}
