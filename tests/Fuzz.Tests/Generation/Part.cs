namespace OrleansBroker.Fuzz.Tests.Generation;

/// <summary>One field of a packet: its bytes without the length that its kind puts before them.</summary>
internal sealed class Part(PartKind kind, byte[] bytes)
{
    public PartKind Kind { get; set; } = kind;

    public byte[] Bytes { get; set; } = bytes;

    /// <summary>Of <see cref="PartKind.Properties"/>.</summary>
    public List<PropertyPart> Properties { get; init; } = NoProperties;

    /// <summary>What the length says, when not the truth.</summary>
    public int? ClaimedLength { get; set; }

    /// <summary>The encoded Property Length, when it is not even a number.</summary>
    public byte[]? LengthBytes { get; set; }

    private static List<PropertyPart> NoProperties { get; } = [];

    public static Part Byte(int value) => new(PartKind.Byte, [(byte)value]);

    public static Part Two(int value) => new(PartKind.TwoBytes, [(byte)(value >> 8), (byte)value]);

    public static Part Four(uint value) => new(PartKind.FourBytes, [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value]);

    public static Part Variable(uint value)
    {
        var sink = new ByteSink();
        sink.VariableByteInteger(value);
        return new Part(PartKind.VariableByteInteger, sink.Written.ToArray());
    }

    public static Part Text(byte[] utf8) => new(PartKind.Text, utf8);

    public static Part Binary(byte[] bytes) => new(PartKind.Binary, bytes);

    public static Part Raw(byte[] bytes) => new(PartKind.Raw, bytes);

    public static Part Of(List<PropertyPart> properties) => new(PartKind.Properties, []) { Properties = properties };

    public Part Copy() => new(Kind, [.. Bytes])
    {
        Properties = Kind == PartKind.Properties ? [.. Properties.Select(property => property.Copy())] : NoProperties,
        ClaimedLength = ClaimedLength,
        LengthBytes = LengthBytes,
    };

    public void WriteTo(ByteSink sink)
    {
        if (Kind == PartKind.Properties)
        {
            WriteProperties(sink);
            return;
        }

        if (Kind is PartKind.Text or PartKind.Binary)
            sink.Two(ClaimedLength ?? Bytes.Length);
        sink.Raw(Bytes);
    }

    private void WriteProperties(ByteSink sink)
    {
        var section = new ByteSink();
        foreach (var property in Properties)
            property.WriteTo(section);
        if (LengthBytes is not null)
            sink.Raw(LengthBytes);
        else
            sink.VariableByteInteger((uint)(ClaimedLength ?? section.Length));
        sink.Raw(section.Written);
    }
}
