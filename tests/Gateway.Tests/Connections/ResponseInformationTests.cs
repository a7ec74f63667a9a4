using OrleansBroker.Gateway.Connections;
using OrleansBroker.Mqtt.Codec;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Gateway.Tests.Connections;

public sealed class ResponseInformationTests
{
    [Theory]
    [InlineData(null, "device", null)]
    [InlineData("", "device", null)]
    [InlineData("answers", "device", "answers")]
    [InlineData("answers", "a/+", "answers")]
    [InlineData("answers/%c/%c", "device", "answers/device/device")]
    [InlineData("answers/%c", "a/b", null)]
    [InlineData("answers/%c", "+", null)]
    [InlineData("answers/%c", "#", null)]
    [InlineData("answers/%c", "100%c", "answers/100%c")]
    public void Of_AClient_IsTheTextWithItsName(string? text, string clientId, string? expected) =>
        Assert.Equal(expected, new ResponseInformation(text).Of(clientId));

    [Fact]
    public void Of_TooLongForAString_IsNone()
    {
        var information = new ResponseInformation("%c%c");
        Assert.NotNull(information.Of(new string('a', ushort.MaxValue / 2)));
        Assert.Null(information.Of(new string('a', (ushort.MaxValue / 2) + 1)));
    }

    [Theory]
    [InlineData(true, 100u, "answers/device")]
    [InlineData(true, 30u, null)]
    [InlineData(false, 100u, null)]
    public void Connect_AsksAndHasRoom_IsTold(bool asks, uint maximumPacketSize, string? expected)
    {
        var rig = new ConnectionRig();
        var services = rig.Services;
        var told = new GatewayServices(
            services.Clock, services.Limits, services.Timing, services.Authenticator, services.Authorizer, services.Sessions, services.Router,
            services.Counters, services.Registry, services.Log, responseInformation: new ResponseInformation("answers/%c"));
        var transport = new FakeTransport();
        transport.Connection = new Connection(services.Registry.NextId(), ConnectionOrigin.Unknown(isLoopback: true), told, transport);
        var packet = new ConnectPacket
        {
            Version = ProtocolVersion.Mqtt5,
            ClientId = "device",
            CleanStart = true,
            RequestResponseInformation = asks,
            MaximumPacketSize = maximumPacketSize,
        };
        var bytes = new byte[PacketEncoder.Measure(packet, ProtocolVersion.Mqtt5)];
        PacketEncoder.Write(bytes, packet, ProtocolVersion.Mqtt5);
        transport.Connection.ReceiveContiguous(bytes, out _);

        PacketDecoder.DecodeConnAck(ProtocolVersion.Mqtt5, Wire.Body(Assert.Single(transport.TakePackets())), out var connAck);
        Assert.Equal(ReasonCode.Success, connAck!.ReasonCode);
        Assert.Equal(expected, connAck.ResponseInformation);
    }
}
