namespace OrleansBroker.Fuzz.Tests.Generation;

/// <summary>One property: an encoded identifier and one value, or two of a User Property.</summary>
internal sealed class PropertyPart(byte[] identifier, params Part[] values)
{
    public byte[] Identifier { get; set; } = identifier;

    public Part[] Values { get; } = values;

    public PropertyPart Copy() => new(Identifier, [.. Values.Select(value => value.Copy())]);

    public void WriteTo(ByteSink sink)
    {
        sink.Raw(Identifier);
        foreach (var value in Values)
            value.WriteTo(sink);
    }
}
