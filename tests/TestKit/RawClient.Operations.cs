using System.Text;

namespace OrleansBroker.TestKit;

/// <summary>What a client does with several packets, each with its answer.</summary>
public sealed partial class RawClient
{
    /// <summary>A packet identifier that this client has not used.</summary>
    public int NextPacketIdentifier() => ++_packetIdentifier;

    public async Task PingAsync(TimeSpan? timeout = null)
    {
        await SendAsync(Packet.PingReq);
        var answer = await ExpectAsync(PacketType.PingResp, timeout);
        if (answer.FirstByte != 0xD0 || answer.Body.Length != 0)
            throw new UnexpectedFrameException($"not a PINGRESP of the standard: {answer}");
    }

    /// <summary>SUBSCRIBE to one filter; its SUBACK must grant the QoS of the options.</summary>
    public async Task SubscribeAsync(string filter, int options, params IReadOnlyList<byte[]> properties)
    {
        var subAck = await SubscribeWithAckAsync([(filter, options)], properties);
        if (subAck.ReasonCodes is not [var granted] || granted != (options & 3))
            throw new UnexpectedFrameException($"SUBACK says 0x{Convert.ToHexString(subAck.ReasonCodes)} to {filter}");
    }

    public async Task<SubAckFrame> SubscribeWithAckAsync(
        IReadOnlyList<(string Filter, int Options)> filters,
        params IReadOnlyList<byte[]> properties)
    {
        var id = NextPacketIdentifier();
        await SendAsync(Packet.Subscribe(Version, id, filters, properties));
        return CheckIdentifier((await ExpectAnswerAsync(PacketType.SubAck)).ToSubAck(Version), id);
    }

    public async Task<SubAckFrame> UnsubscribeAsync(params IReadOnlyList<string> filters)
    {
        var id = NextPacketIdentifier();
        await SendAsync(Packet.Unsubscribe(Version, id, filters));
        return CheckIdentifier((await ExpectAnswerAsync(PacketType.UnsubAck)).ToSubAck(Version), id);
    }

    public Task PublishAsync(string topic, string text, int qos = 0, bool retain = false, params IReadOnlyList<byte[]> properties) =>
        PublishAsync(topic, Encoding.UTF8.GetBytes(text), qos, retain, properties);

    /// <summary>PUBLISH with the whole flow of its QoS; every acknowledgement must be a success.</summary>
    public async Task PublishAsync(string topic, byte[] payload, int qos, bool retain, params IReadOnlyList<byte[]> properties)
    {
        var id = qos > 0 ? NextPacketIdentifier() : 0;
        await SendAsync(Packet.Publish(Version, topic, payload, qos, id, retain, properties: properties));
        if (qos == 1)
            CheckSuccess(await ExpectAckAsync(PacketType.PubAck, id));
        if (qos != 2)
            return;
        CheckSuccess(await ExpectAckAsync(PacketType.PubRec, id));
        await SendAsync(Packet.Acknowledge(PacketType.PubRel, id));
        CheckSuccess(await ExpectAckAsync(PacketType.PubComp, id));
    }

    /// <summary>Receives one PUBLISH and completes the flow of its QoS.</summary>
    public async Task<PublishFrame> ReceiveAsync(TimeSpan? timeout = null)
    {
        var publish = await ExpectPublishAsync(timeout);
        await CompleteAsync(publish);
        return publish;
    }

    /// <summary>Acknowledges what was received; other PUBLISH packets may come before its PUBREL.</summary>
    public async Task CompleteAsync(PublishFrame publish)
    {
        if (publish.QoS == 1)
            await SendAsync(Packet.Acknowledge(PacketType.PubAck, publish.PacketIdentifier));
        if (publish.QoS != 2)
            return;
        await SendAsync(Packet.Acknowledge(PacketType.PubRec, publish.PacketIdentifier));
        await ExpectAckAsync(PacketType.PubRel, publish.PacketIdentifier);
        await SendAsync(Packet.Acknowledge(PacketType.PubComp, publish.PacketIdentifier));
    }

    /// <summary>DISCONNECT, and the broker's end of the connection.</summary>
    public async Task DisconnectAsync(byte reason = Reason.Success, params IReadOnlyList<byte[]> properties)
    {
        await SendAsync(Packet.Disconnect(Version, reason, properties));
        if (await ExpectClosedAsync() is { } disconnect)
            throw new UnexpectedFrameException($"DISCONNECT 0x{disconnect.ReasonCode:X2} in answer to DISCONNECT");
    }

    private static SubAckFrame CheckIdentifier(SubAckFrame answer, int packetIdentifier) =>
        answer.PacketIdentifier == packetIdentifier
            ? answer
            : throw new UnexpectedFrameException($"an answer for {packetIdentifier} expected, but came one for {answer.PacketIdentifier}");

    private static void CheckSuccess(AckFrame ack)
    {
        if (ack.ReasonCode is not (Reason.Success or Reason.NoMatchingSubscribers))
            throw new UnexpectedFrameException($"{ack.Type} says 0x{ack.ReasonCode:X2}");
    }
}
