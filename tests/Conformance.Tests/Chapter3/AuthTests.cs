using OrleansBroker.TestKit;
using static OrleansBroker.Conformance.Tests.ScramBroker;

namespace OrleansBroker.Conformance.Tests.Chapter3;

/// <summary>AUTH (section 3.15).</summary>
public sealed class AuthTests(ScramBroker broker) : IClassFixture<ScramBroker>
{
    private static readonly byte[] Method = Property.Utf8(PropertyId.AuthenticationMethod, Sha512);
    private static readonly byte[] Data = Property.Binary(PropertyId.AuthenticationData, [1]);

    public static TheoryData<string, byte[], byte> Faults => new()
    {
        { "no body: Success is the server's", [0xF0, 0x00], Reason.ProtocolError },
        { "no properties", [0xF0, 0x01, 0x19], Reason.MalformedPacket },
        { "no method", Auth(), Reason.ProtocolError },
        { "data without method", Auth(Data), Reason.ProtocolError },
        { "method twice", Auth(Method, Method), Reason.ProtocolError },
        { "data twice", Auth(Method, Data, Data), Reason.ProtocolError },
        { "reason string twice", Auth(Method, Property.Utf8(PropertyId.ReasonString, "a"), Property.Utf8(PropertyId.ReasonString, "b")), Reason.ProtocolError },
        { "property of another packet", Auth(Method, Property.SessionExpiryInterval(1)), Reason.MalformedPacket },
        { "unknown property", Auth(Method, [0x7F, 0x01]), Reason.MalformedPacket },
        { "method not UTF-8", Auth([0x15, 0x00, 0x01, 0xFF]), Reason.MalformedPacket },
        { "data cut", Auth(Method, [0x16, 0x00, 0x09, 0x01]), Reason.MalformedPacket },
        { "bytes behind", new ByteBuilder().Byte(Reason.ReAuthenticate).Properties(Method).Byte(0).ToPacket(0xF0), Reason.MalformedPacket },
    };

    [Theory]
    [InlineData(0xF1)]
    [InlineData(0xF2)]
    [InlineData(0xF4)]
    [InlineData(0xF8)]
    [Spec("MQTT5-3.15.1-1")]
    public async Task Auth_ReservedFlags_AreMalformed(int firstByte)
    {
        var packet = Packet.Auth(Reason.ReAuthenticate, Sha512, Of(Ann).First());
        packet[0] = (byte)firstByte;
        await using var client = await broker.ConnectAsync();
        await client.SendAsync(packet);
        await client.ExpectDisconnectAsync(Reason.MalformedPacket);

        await using var early = await broker.BeginAsync(Of(Ann));
        await ExpectChallengeAsync(early, Sha512);
        await early.SendAsync(packet);
        await ExpectRefusedAsync(early, Reason.MalformedPacket);
    }

    [Theory]
    [InlineData(0x00)]
    [InlineData(0x01)]
    [InlineData(0x17)]
    [InlineData(0x1A)]
    [InlineData(0x87)]
    [Spec("MQTT5-3.15.2-1")]
    public async Task Auth_ReasonThatIsNoneOfAClient_IsAProtocolError(byte reason)
    {
        await using var client = await broker.ConnectAsync();
        await client.SendAsync(Packet.Auth(reason, Sha512, Of(Ann).First()));
        await client.ExpectDisconnectAsync(Reason.ProtocolError);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Auth_Fault_Closes(string name, byte[] packet, byte reason)
    {
        Assert.NotEmpty(name);
        await using var client = await broker.ConnectAsync();
        await client.SendAsync(packet);
        await client.ExpectDisconnectAsync(reason);

        await using var early = await broker.BeginAsync(Of(Ann));
        await ExpectChallengeAsync(early, Sha512);
        await early.SendAsync(packet);
        await ExpectRefusedAsync(early, reason);
    }

    [Fact]
    public async Task Auth_ReasonStringAndUserProperties_AreTaken()
    {
        var scram = Of(Ann);
        byte[][] more = [Property.Utf8(PropertyId.ReasonString, "renewed"), Property.UserProperty("a", "1"), Property.UserProperty("a", "2")];
        await using var client = await broker.ConnectAsync();
        await client.SendAsync(Packet.Auth(Reason.ReAuthenticate, Sha512, scram.First(), more));
        await AnswerAsync(client, scram);
        Assert.Equal(Reason.Success, (await client.ExpectAsync(PacketType.Auth)).ToAuth().ReasonCode);
    }

    [Theory]
    [InlineData(500, true)]
    [InlineData(60, false)]
    [Spec("MQTT5-3.15.2-2")]
    [Spec("MQTT5-3.15.2-3")]
    [Spec("MQTT5-3.1.2-24")]
    public async Task Auth_MaximumPacketSize_IsKept(int maximum, bool fits)
    {
        var request = new ConnectRequest(MqttVersion.V50, Unique.ClientId()) { Properties = [Property.MaximumPacketSize((uint)maximum)] };
        await using var client = await broker.BeginAsync(Of(Ann), request);
        var frame = await client.NextAsync();
        Assert.Equal(fits ? PacketType.Auth : PacketType.ConnAck, frame.Type);
        Assert.True(frame.Body.Length + 2 <= maximum, frame.ToString());
        if (fits)
            Assert.Equal(2, frame.ToAuth().Properties.Count);
        else
            Assert.Equal(Reason.PacketTooLarge, frame.ToConnAck(MqttVersion.V50).ReasonCode);
    }

    [Theory]
    [InlineData(MqttVersion.V31)]
    [InlineData(MqttVersion.V311)]
    public async Task Auth_Before50_ClosesWithoutAWord(MqttVersion version)
    {
        var request = new ConnectRequest(version, Unique.ClientId()) { UserName = Ann, Password = System.Text.Encoding.UTF8.GetBytes(Password) };
        await using var client = await RawClient.ConnectAsync(broker.Endpoint, request);
        await client.SendAsync(Packet.Auth(Reason.ReAuthenticate, Sha512, Of(Ann).First()));
        Assert.Null(await client.ExpectClosedAsync());
    }

    [Fact]
    public async Task Auth_AsFirstPacket_ClosesWithoutAWord()
    {
        await using var client = await RawClient.OpenAsync(broker.Endpoint, MqttVersion.V50);
        await client.SendAsync(Packet.Auth(Reason.ContinueAuthentication, Sha512, Of(Ann).First()));
        Assert.Null(await client.ExpectClosedAsync());
    }

    private static byte[] Auth(params byte[][] properties) => new ByteBuilder().Byte(Reason.ReAuthenticate).Properties(properties).ToPacket(0xF0);
}
