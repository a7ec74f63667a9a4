namespace OrleansBroker.Fuzz.Tests.Judge;

/// <summary>A row of the table in MQTT5 section 2.2.2.2.</summary>
/// <param name="Type">1, 2, 4: bytes of the number; v: Variable Byte Integer; s: string; b: Binary Data; p: pair of strings.</param>
/// <param name="Limits">0: a value of 0 is an error; 1: a value above 1 is an error; -: none.</param>
internal sealed record PropertyRow(int Identifier, char Type, Place Places, char Limits = '-')
{
    private static readonly PropertyRow?[] Rows = new PropertyRow?[128];

    static PropertyRow()
    {
        foreach (var row in All)
            Rows[row.Identifier] = row;
    }

    public static IReadOnlyList<PropertyRow> All { get; } =
    [
        new(0x01, '1', Place.Publish | Place.Will, '1'), // Payload Format Indicator
        new(0x02, '4', Place.Publish | Place.Will), // Message Expiry Interval
        new(0x03, 's', Place.Publish | Place.Will), // Content Type
        new(0x08, 's', Place.Publish | Place.Will), // Response Topic
        new(0x09, 'b', Place.Publish | Place.Will), // Correlation Data
        new(0x0B, 'v', Place.Publish | Place.Subscribe, '0'), // Subscription Identifier
        new(0x11, '4', Place.Connect | Place.ConnAck | Place.Disconnect), // Session Expiry Interval
        new(0x12, 's', Place.ConnAck), // Assigned Client Identifier
        new(0x13, '2', Place.ConnAck), // Server Keep Alive
        new(0x15, 's', Place.Connect | Place.ConnAck | Place.Auth), // Authentication Method
        new(0x16, 'b', Place.Connect | Place.ConnAck | Place.Auth), // Authentication Data
        new(0x17, '1', Place.Connect, '1'), // Request Problem Information
        new(0x18, '4', Place.Will), // Will Delay Interval
        new(0x19, '1', Place.Connect, '1'), // Request Response Information
        new(0x1A, 's', Place.ConnAck), // Response Information
        new(0x1C, 's', Place.ConnAck | Place.Disconnect), // Server Reference
        new(0x1F, 's', Place.ConnAck | Place.Acknowledgement | Place.SubAck | Place.UnsubAck | Place.Disconnect | Place.Auth), // Reason String
        new(0x21, '2', Place.Connect | Place.ConnAck, '0'), // Receive Maximum
        new(0x22, '2', Place.Connect | Place.ConnAck), // Topic Alias Maximum
        new(0x23, '2', Place.Publish, '0'), // Topic Alias
        new(0x24, '1', Place.ConnAck, '1'), // Maximum QoS
        new(0x25, '1', Place.ConnAck, '1'), // Retain Available
        new(0x26, 'p', Place.Everywhere), // User Property
        new(0x27, '4', Place.Connect | Place.ConnAck, '0'), // Maximum Packet Size
        new(0x28, '1', Place.ConnAck, '1'), // Wildcard Subscription Available
        new(0x29, '1', Place.ConnAck, '1'), // Subscription Identifiers Available
        new(0x2A, '1', Place.ConnAck, '1'), // Shared Subscription Available
    ];

    public static PropertyRow? Of(int identifier) => identifier < Rows.Length ? Rows[identifier] : null;
}
