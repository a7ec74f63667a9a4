namespace OrleansBroker.TestKit;

/// <summary>The properties of a packet that the broker sent, in their order.</summary>
public sealed class PropertyList
{
    private readonly List<(PropertyId Id, object Value)> _items = [];

    public static PropertyList Empty { get; } = new();

    public int Count => _items.Count;

    public IReadOnlyList<(string Name, string Value)> UserProperties =>
        [.. _items.Where(item => item.Id == PropertyId.UserProperty).Select(item => ((string, string))item.Value)];

    public IReadOnlyList<int> SubscriptionIdentifiers =>
        [.. _items.Where(item => item.Id == PropertyId.SubscriptionIdentifier).Select(item => (int)(uint)item.Value)];

    public bool Has(PropertyId id) => _items.Exists(item => item.Id == id);

    public uint? Integer(PropertyId id) => (uint?)Find(id);

    public string? Text(PropertyId id) => (string?)Find(id);

    public byte[]? Bytes(PropertyId id) => (byte[]?)Find(id);

    internal static PropertyList Read(ref BodyReader reader)
    {
        var block = new BodyReader(reader.Take(reader.VariableByteInteger()));
        var list = new PropertyList();
        while (block.Length > 0)
        {
            var id = (PropertyId)block.VariableByteInteger();
            // A property may stand once; these two may stand more often (MQTT5 sections 3.3.2.3.7 and 3.3.2.3.8).
            if (list.Has(id) && id is not (PropertyId.UserProperty or PropertyId.SubscriptionIdentifier))
                throw new UnexpectedFrameException($"property {id} stands twice");
            list._items.Add((id, ReadValue(id, ref block)));
        }

        return list;
    }

    private static object ReadValue(PropertyId id, ref BodyReader block)
    {
        switch (id)
        {
            case PropertyId.PayloadFormatIndicator or PropertyId.RequestProblemInformation or PropertyId.RequestResponseInformation
                or PropertyId.MaximumQoS or PropertyId.RetainAvailable or PropertyId.WildcardSubscriptionAvailable
                or PropertyId.SubscriptionIdentifierAvailable or PropertyId.SharedSubscriptionAvailable:
                return (uint)block.Byte();
            case PropertyId.ServerKeepAlive or PropertyId.ReceiveMaximum or PropertyId.TopicAliasMaximum or PropertyId.TopicAlias:
                return (uint)block.UInt16();
            case PropertyId.MessageExpiryInterval or PropertyId.SessionExpiryInterval or PropertyId.WillDelayInterval
                or PropertyId.MaximumPacketSize:
                return block.UInt32();
            case PropertyId.SubscriptionIdentifier:
                return (uint)block.VariableByteInteger();
            case PropertyId.CorrelationData or PropertyId.AuthenticationData:
                return block.Binary().ToArray();
            case PropertyId.UserProperty:
                return (block.Utf8(), block.Utf8());
            case PropertyId.ContentType or PropertyId.ResponseTopic or PropertyId.AssignedClientIdentifier
                or PropertyId.AuthenticationMethod or PropertyId.ResponseInformation or PropertyId.ServerReference
                or PropertyId.ReasonString:
                return block.Utf8();
            default:
                throw new UnexpectedFrameException($"unknown property 0x{(int)id:X2}");
        }
    }

    private object? Find(PropertyId id) => _items.Find(item => item.Id == id).Value;
}
