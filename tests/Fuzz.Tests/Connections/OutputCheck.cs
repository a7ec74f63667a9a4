using OrleansBroker.Fuzz.Tests.Judge;

namespace OrleansBroker.Fuzz.Tests.Connections;

/// <summary>What a broker sent on one connection, from first to last byte: well-formed packets in an order that a server may send.</summary>
internal sealed class OutputCheck
{
    private const int ConnAck = 2;
    private const int Publish = 3;
    private const int Disconnect = 14;
    private const int Auth = 15;

    private readonly ServerJudge _judge = new();
    private readonly HashSet<int> _aliases = [];
    private readonly int[] _counts = new int[16];

    /// <summary>Packets of a type in what was checked last.</summary>
    public int Count(int type) => _counts[type];

    /// <summary>The first CONNACK's code; −1 without one.</summary>
    public int ConnAckCode { get; private set; }

    /// <param name="version">3, 4, 5; 0 when CONNECT was none: then the answer tells.</param>
    /// <param name="length">Of what was sent.</param>
    /// <returns>What is wrong, or null.</returns>
    public string? Check(int version, long maximumPacketSize, int topicAliasMaximum, byte[] output, int length)
    {
        Array.Clear(_counts);
        _aliases.Clear();
        ConnAckCode = -1;
        if (version == 0)
            version = length > 1 && output[1] == 2 ? 4 : 5;
        var isOver = false;
        for (var at = 0; at < length;)
        {
            var faults = _judge.Judge(version, output, at, length, out var packet);
            if (faults != Faults.None)
                return $"type {packet.Type} of version {version} is {faults}: {Convert.ToHexString(output.AsSpan(at, Math.Min(64, length - at)))}";
            if (isOver)
                return $"type {packet.Type} comes after the end: {Convert.ToHexString(output.AsSpan(0, Math.Min(256, length)))}";
            if (packet.Length > maximumPacketSize)
                return $"type {packet.Type} is larger than the client accepts: {packet.Length} bytes, {maximumPacketSize} allowed"; // [MQTT5-3.1.2-24]
            if ((CheckOrder(packet) ?? CheckAlias(packet, topicAliasMaximum)) is { } failure)
                return failure;
            _counts[packet.Type]++;
            isOver = packet.Type == Disconnect || (packet.Type == ConnAck && packet.Code != 0);
            at += packet.Length;
        }

        return null;
    }

    private string? CheckOrder(ServerPacket packet)
    {
        if (packet.Type == ConnAck)
        {
            if (ConnAckCode >= 0)
                return "a second CONNACK: [MQTT5-3.2.0-2]";
            ConnAckCode = packet.Code;
            return null;
        }

        return ConnAckCode < 0 && packet.Type != Auth ? $"type {packet.Type} comes before CONNACK: [MQTT5-3.2.0-1]" : null;
    }

    private string? CheckAlias(ServerPacket packet, int topicAliasMaximum)
    {
        if (packet.Type != Publish || packet.TopicAlias == 0)
            return null;
        if (packet.TopicAlias > topicAliasMaximum)
            return $"a topic alias is above the client's maximum: {packet.TopicAlias}, {topicAliasMaximum} allowed"; // [MQTT5-3.1.2-26]
        if (packet.Topic.Length > 0)
            _aliases.Add(packet.TopicAlias);
        return _aliases.Contains(packet.TopicAlias) ? null : $"a topic alias stands for nothing: {packet.TopicAlias}";
    }
}
