using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.OwnBroker;

/// <summary>The word that explains a close reaches a client that is still sending, and the broker does not listen to it for ever.</summary>
/// <param name="shared">For what needs neither options nor peace.</param>
public sealed class ClosingTests(BrokerFixture shared)
{
    private const int Chunk = 64 * 1024;
    private const int Flood = 8 * 1024 * 1024;

    /// <summary>What only a server may send, or 3.x does not know at all.</summary>
    public static TheoryData<MqttVersion, byte[], byte> ServersPackets
    {
        get
        {
            var data = new TheoryData<MqttVersion, byte[], byte>();
            foreach (var version in Enum.GetValues<MqttVersion>())
            {
                byte[] properties = version == MqttVersion.V50 ? [0] : [];
                data.Add(version, new ByteBuilder().Byte(0).Byte(0).Raw(properties).ToPacket(0x20), Reason.ProtocolError);
                data.Add(version, new ByteBuilder().UInt16(1).Raw(properties).Byte(0).ToPacket(0x90), Reason.ProtocolError);
                data.Add(version, new ByteBuilder().UInt16(1).Raw(properties).Raw(properties).ToPacket(0xB0), Reason.ProtocolError);
                data.Add(version, [0xD0, 0], Reason.ProtocolError);
                data.Add(version, [0xF0, 0], Reason.ProtocolError);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(ServersPackets))]
    [Spec("MQTT5-4.13.1-1")]
    [Spec("MQTT311-4.8.0-1")]
    public async Task Packet_OfAServer_EndsTheConnection(MqttVersion version, byte[] packet, byte reason)
    {
        await using var client = await shared.ConnectAsync(version);
        await client.SendAsync(packet);
        await client.ExpectDisconnectAsync(reason);
    }

    [Fact]
    public async Task Disconnect_ToAClientThatReadsOnlyAfterItsFlood_Arrives()
    {
        await using var broker = await OwnBroker.StartAsync();
        byte[] tooLarge = [0x30, .. new ByteBuilder().VariableByteInteger(Flood).ToArray()];
        foreach (var begin in new[] { tooLarge, [0xC0, 0x01, 0x00] })
        {
            await using var stream = await OpenAsync(broker, new ConnectRequest(MqttVersion.V50, Unique.ClientId()));
            Assert.Equal(0x20, (await ReadFrameAsync(stream))[0]);
            await stream.WriteAsync(begin, TestContext.Current.CancellationToken);
            await SendFloodAsync(stream);
            var disconnect = await ReadFrameAsync(stream);
            Assert.Equal((0xE0, begin == tooLarge ? Reason.PacketTooLarge : Reason.MalformedPacket), (disconnect[0], disconnect[2]));
            Assert.Empty(await ReadFrameAsync(stream));
        }
    }

    [Fact]
    public async Task ConnAck_RefusingAClientThatFloodsAtOnce_Arrives()
    {
        await using var broker = await OwnBroker.StartAsync("Broker:Limits:MaxClientIdBytes=23");
        foreach (var version in Enum.GetValues<MqttVersion>())
        {
            await using var stream = await OpenAsync(broker, new ConnectRequest(version, new string('c', 24)));
            await SendFloodAsync(stream);
            var connAck = await ReadFrameAsync(stream);
            Assert.Equal((0x20, version == MqttVersion.V50 ? Reason.ClientIdentifierNotValid : 2), (connAck[0], connAck[3]));
            Assert.Empty(await ReadFrameAsync(stream));
        }
    }

    [Fact]
    public async Task Client_FloodingForEver_IsCutAndDisturbsNobody()
    {
        await using var broker = await OwnBroker.StartAsync();
        await using var bystander = await broker.ConnectAsync(MqttVersion.V311);
        await using var stream = await OpenAsync(broker, new ConnectRequest(MqttVersion.V50, Unique.ClientId()));
        Assert.Equal(0x20, (await ReadFrameAsync(stream))[0]);
        await stream.WriteAsync((byte[])[0xC0, 0x01, 0x00], TestContext.Current.CancellationToken);
        using var patience = new CancellationTokenSource(RawClient.DefaultTimeout, TimeProvider.System);
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            var bytes = new byte[Chunk];
            while (true)
                await stream.WriteAsync(bytes, patience.Token);
        });
        await bystander.PingAsync();
        Assert.InRange(broker.ResidentBytes(), 0, 512L * 1024 * 1024);
    }

    private static async Task<Stream> OpenAsync(OwnBroker broker, ConnectRequest request)
    {
        var (_, stream) = await ClientStream.OpenAsync(broker.Endpoint, request.Version);
        await stream.WriteAsync(request.ToBytes());
        return stream;
    }

    /// <summary>All of it is taken, by a broker that has closed its own side.</summary>
    private static async Task SendFloodAsync(Stream stream)
    {
        using var patience = new CancellationTokenSource(RawClient.DefaultTimeout, TimeProvider.System);
        var bytes = new byte[Chunk];
        for (var sent = 0; sent < Flood; sent += Chunk)
            await stream.WriteAsync(bytes, patience.Token);
    }

    /// <summary>The bytes of the next frame, none at the end of the stream; all that these tests read is shorter than 128 bytes.</summary>
    private static async Task<byte[]> ReadFrameAsync(Stream stream)
    {
        using var patience = new CancellationTokenSource(RawClient.DefaultTimeout, TimeProvider.System);
        var frame = new byte[2 + 127];
        var length = 0;
        var wanted = 2;
        while (length < wanted)
        {
            var read = await stream.ReadAsync(frame.AsMemory(length, wanted - length), patience.Token);
            if (read == 0)
                break;
            length += read;
            if (length == 2)
                wanted += frame[1];
        }

        return frame[..length];
    }
}
