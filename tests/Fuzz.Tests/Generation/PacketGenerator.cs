using OrleansBroker.Fuzz.Tests.Judge;

namespace OrleansBroker.Fuzz.Tests.Generation;

/// <summary>What a client of one version may send, from CONNECT on.</summary>
internal sealed class PacketGenerator(FuzzRandom random, int version)
{
    private const int LongestSequence = 14;
    private const int MostFilters = 4;

    private static readonly byte[] Acknowledged5 = [0x00, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99];
    private static readonly byte[] Disconnects5 = [0x00, 0x00, 0x00, 0x04, 0x80, 0x81, 0x82, 0x83, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99];

    // What the method of the connection's fakes understands, and what it does not.
    private static readonly byte[][] AuthenticationData = [[.. "1"u8], [.. "2"u8], [.. "end ann"u8], [.. "end ann"u8], [.. "end bob"u8], [.. "no"u8], [.. "busy"u8], []];

    private readonly HashSet<int> _aliases = [];
    private bool _hasMethod;

    private bool Is5 => version == 5;

    /// <summary>CONNECT and what follows it.</summary>
    public List<WirePacket> Sequence()
    {
        var packets = new List<WirePacket> { Connect() };
        for (var count = _hasMethod ? random.Next(3) : 0; count > 0; count--)
            packets.Add(Auth());
        for (var count = random.Next(LongestSequence); count > 0; count--)
            packets.Add(Next());
        if (random.Chance(40))
            packets.Add(Disconnect());
        return packets;
    }

    /// <summary>Any packet but CONNECT and DISCONNECT.</summary>
    public WirePacket Next() => random.Next(Is5 ? 22 : 21) switch
    {
        < 9 => Publish(),
        < 13 => Acknowledgement(4 + random.Next(4)),
        < 16 => Subscribe(),
        < 18 => Unsubscribe(),
        < 21 => new WirePacket(0xC0, []),
        _ => Auth(),
    };

    public WirePacket Any() => random.Next(10) switch
    {
        < 2 => Connect(),
        2 => Disconnect(),
        3 when Is5 => Auth(),
        _ => Next(),
    };

    public WirePacket Connect()
    {
        var flags = random.Chance(70) ? 0x02 : 0;
        var parts = new List<Part> { Part.Text([.. version == 3 ? "MQIsdp"u8 : "MQTT"u8]), Part.Byte(version), Part.Byte(0), Part.Two(random.Next(2) * 60) };
        if (Is5)
            parts.Add(ConnectProperties());
        var isAssigned = random.Chance(10) && version != 3 && (Is5 || flags != 0);
        parts.Add(Part.Text(isAssigned ? [] : random.Pick(Samples.ClientIds)));
        if (random.Chance(30))
            flags |= Will(parts);
        var hasUserName = random.Chance(30);
        if (hasUserName)
        {
            flags |= 0x80;
            parts.Add(Part.Text(random.Pick(Samples.Topics)));
        }

        if (random.Chance(30) && (hasUserName || Is5))
        {
            flags |= 0x40;
            parts.Add(Part.Binary(random.Bytes(random.Next(6))));
        }

        parts[2] = Part.Byte(flags);
        return new WirePacket(0x10, parts);
    }

    public WirePacket Disconnect()
    {
        var parts = new List<Part>();
        if (Is5 && random.Chance(60))
        {
            parts.Add(Part.Byte(random.Pick(Disconnects5)));
            if (random.Chance(60))
                parts.Add(PropertyGenerator.Generate(random, Place.Disconnect, 30, 0x1C));
        }

        return new WirePacket(0xE0, parts);
    }

    private Part ConnectProperties()
    {
        if (random.Chance(5))
            return PropertyGenerator.Generate(random, Place.Connect, 50);
        if (random.Chance(15))
        {
            _hasMethod = true;
            var properties = PropertyGenerator.Generate(random, Place.Connect, 10, 0x15, 0x16);
            properties.Properties.Add(new PropertyPart([0x15], Part.Text([.. "COUNT"u8])));
            properties.Properties.Add(new PropertyPart([0x16], Part.Binary(random.Pick(AuthenticationData))));
            return properties;
        }

        // Without a method, and seldom with a Maximum Packet Size: most connections shall live.
        return random.Chance(15)
            ? PropertyGenerator.Generate(random, Place.Connect, 40, 0x15, 0x16)
            : PropertyGenerator.Generate(random, Place.Connect, 20, 0x15, 0x16, 0x27);
    }

    private int Will(List<Part> parts)
    {
        if (Is5)
            parts.Add(PropertyGenerator.Generate(random, Place.Will, 30));
        parts.Add(Part.Text(random.Pick(Samples.Topics)));
        parts.Add(Part.Binary(random.Bytes(random.Next(10))));
        return 0x04 | (random.Next(3) << 3) | (random.Next(2) << 5);
    }

    private WirePacket Publish()
    {
        var qos = random.Next(3);
        var flags = (qos << 1) | (random.Chance(20) ? 1 : 0) | (qos > 0 && random.Chance(10) ? 8 : 0);
        var alias = Is5 && random.Chance(30) ? 1 + random.Next(4) : 0;
        var isAliasAlone = alias != 0 && !_aliases.Add(alias) && random.Chance(60);
        var parts = new List<Part> { Part.Text(isAliasAlone ? [] : random.Pick(Samples.Topics)) };
        if (qos > 0)
            parts.Add(Identifier());
        if (Is5)
        {
            var properties = PropertyGenerator.Generate(random, Place.Publish, 15, 0x0B, 0x23);
            if (alias != 0)
                properties.Properties.Insert(random.Next(properties.Properties.Count + 1), new PropertyPart([0x23], Part.Two(alias)));
            parts.Add(properties);
        }

        parts.Add(Part.Raw(random.Bytes(random.Chance(3) ? 600 : random.Next(20))));
        return new WirePacket(0x30 | flags, parts);
    }

    private WirePacket Acknowledgement(int type)
    {
        var parts = new List<Part> { Identifier() };
        if (Is5 && random.Chance(40))
        {
            parts.Add(Part.Byte(type >= 6 ? random.Next(2) * 0x92 : random.Pick(Acknowledged5)));
            if (random.Chance(50))
                parts.Add(PropertyGenerator.Generate(random, Place.Acknowledgement, 40));
        }

        return new WirePacket((type << 4) | (type == 6 ? 2 : 0), parts);
    }

    private WirePacket Subscribe()
    {
        var parts = new List<Part> { Identifier() };
        if (Is5)
            parts.Add(PropertyGenerator.Generate(random, Place.Subscribe, 30));
        for (var count = 1 + random.Next(MostFilters); count > 0; count--)
        {
            var filter = random.Pick(Samples.Filters);
            var noLocal = !filter.AsSpan().StartsWith("$share/"u8) && random.Chance(20) ? 4 : 0;
            parts.Add(Part.Text(filter));
            parts.Add(Part.Byte(random.Next(3) | (Is5 ? noLocal | (random.Next(2) << 3) | (random.Next(3) << 4) : 0)));
        }

        return new WirePacket(0x82, parts);
    }

    private WirePacket Unsubscribe()
    {
        var parts = new List<Part> { Identifier() };
        if (Is5)
            parts.Add(PropertyGenerator.Generate(random, Place.Unsubscribe, 30));
        for (var count = 1 + random.Next(MostFilters); count > 0; count--)
            parts.Add(Part.Text(random.Pick(Samples.Filters)));
        return new WirePacket(0xA2, parts);
    }

    private WirePacket Auth()
    {
        var properties = PropertyGenerator.Generate(random, Place.Auth, 20, 0x15, 0x16);
        properties.Properties.Add(new PropertyPart([0x15], Part.Text([.. "COUNT"u8])));
        properties.Properties.Add(new PropertyPart([0x16], Part.Binary(random.Pick(AuthenticationData))));
        return new WirePacket(0xF0, [Part.Byte(random.Chance(75) ? 0x18 : 0x19), properties]);
    }

    // Few, so that identifiers in use come again.
    private Part Identifier() => Part.Two(random.Chance(5) ? 65_535 : 1 + random.Next(8));
}
