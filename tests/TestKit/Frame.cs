namespace OrleansBroker.TestKit;

/// <summary>One packet as it came over the wire.</summary>
/// <param name="FirstByte">Type and flags.</param>
/// <param name="Body">What follows the remaining length.</param>
/// <param name="Received">When its last byte was read: <see cref="TimeProvider.GetTimestamp"/> of the system's clock.</param>
public sealed record Frame(byte FirstByte, byte[] Body, long Received)
{
    public PacketType Type => (PacketType)(FirstByte >> 4);

    public override string ToString()
    {
        var shown = Convert.ToHexString(Body.AsSpan(0, Math.Min(Body.Length, 48)));
        return $"{Type} (0x{FirstByte:X2}, {Body.Length} bytes: {shown})";
    }

    public ConnAckFrame ToConnAck(MqttVersion version)
    {
        CheckFlags(0);
        var reader = new BodyReader(Body);
        var acknowledgeFlags = reader.Byte();
        if (acknowledgeFlags > 1)
            throw new UnexpectedFrameException($"CONNACK flags 0x{acknowledgeFlags:X2}: bits 7-1 are reserved");
        var reason = reader.Byte();
        var properties = version == MqttVersion.V50 ? PropertyList.Read(ref reader) : PropertyList.Empty;
        reader.End();
        return new ConnAckFrame(acknowledgeFlags == 1, reason, properties);
    }

    public PublishFrame ToPublish(MqttVersion version)
    {
        var reader = new BodyReader(Body);
        var qos = (FirstByte >> 1) & 3;
        var topic = reader.Utf8();
        var packetIdentifier = qos > 0 ? reader.UInt16() : 0;
        if (qos > 2 || (qos > 0 && packetIdentifier == 0))
            throw new UnexpectedFrameException($"PUBLISH with QoS {qos} and packet identifier {packetIdentifier}");
        var properties = version == MqttVersion.V50 ? PropertyList.Read(ref reader) : PropertyList.Empty;
        return new PublishFrame(topic, reader.Rest(), qos, packetIdentifier, (FirstByte & 0x01) != 0, (FirstByte & 0x08) != 0, properties);
    }

    /// <summary>PUBACK, PUBREC, PUBREL or PUBCOMP.</summary>
    public AckFrame ToAck(MqttVersion version)
    {
        CheckFlags(Type == PacketType.PubRel ? 2 : 0);
        var reader = new BodyReader(Body);
        var packetIdentifier = reader.UInt16();
        var reason = Reason.Success;
        var properties = PropertyList.Empty;
        if (version == MqttVersion.V50 && reader.Length > 0)
        {
            reason = reader.Byte();
            if (reader.Length > 0)
                properties = PropertyList.Read(ref reader);
        }

        reader.End();
        return new AckFrame(Type, packetIdentifier, reason, properties);
    }

    /// <summary>SUBACK or UNSUBACK; that of 3.x has no codes when it answers UNSUBSCRIBE.</summary>
    public SubAckFrame ToSubAck(MqttVersion version)
    {
        CheckFlags(0);
        var reader = new BodyReader(Body);
        var packetIdentifier = reader.UInt16();
        var properties = version == MqttVersion.V50 ? PropertyList.Read(ref reader) : PropertyList.Empty;
        var codes = reader.Rest();
        ReasonTables.Check(Type, version, codes);
        return new SubAckFrame(packetIdentifier, codes, properties);
    }

    /// <summary>DISCONNECT of a 5.0 broker; a 3.x broker must not send one.</summary>
    public DisconnectFrame ToDisconnect()
    {
        CheckFlags(0);
        var reader = new BodyReader(Body);
        var reason = reader.Length > 0 ? reader.Byte() : Reason.Success;
        var properties = reader.Length > 0 ? PropertyList.Read(ref reader) : PropertyList.Empty;
        reader.End();
        ReasonTables.Check(Type, MqttVersion.V50, reason);
        return new DisconnectFrame(reason, properties);
    }

    /// <summary>AUTH of a 5.0 broker.</summary>
    public AuthFrame ToAuth()
    {
        CheckFlags(0);
        var reader = new BodyReader(Body);
        var reason = reader.Length > 0 ? reader.Byte() : Reason.Success;
        var properties = reader.Length > 0 ? PropertyList.Read(ref reader) : PropertyList.Empty;
        reader.End();
        return new AuthFrame(reason, properties);
    }

    private void CheckFlags(int flags)
    {
        if ((FirstByte & 0x0F) != flags)
            throw new UnexpectedFrameException($"the reserved flags of the fixed header are wrong: {this}");
    }
}
