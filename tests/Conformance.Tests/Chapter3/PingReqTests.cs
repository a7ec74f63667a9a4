using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter3;

/// <summary>MQTT sections 3.12 and 3.13, PINGREQ and PINGRESP.</summary>
public sealed class PingReqTests(BrokerFixture broker)
{
    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    public async Task PingReq_ManyInOneWrite_GetsOnePingRespEach(MqttVersion version)
    {
        await using var client = await broker.ConnectAsync(version);
        const int Count = 1_000;
        await client.SendAsync(Enumerable.Repeat(Packet.PingReq, Count).SelectMany(bytes => bytes).ToArray());
        for (var i = 0; i < Count; i++)
            Assert.Equal(0xD0, (await client.ExpectAsync(PacketType.PingResp)).FirstByte);
        await client.ExpectNothingAsync();
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    public async Task PingReq_CutBetweenItsBytes_IsAnswered(MqttVersion version)
    {
        await using var client = await broker.ConnectAsync(version);
        for (var i = 0; i < 20; i++)
        {
            await client.SendAsync(new byte[] { 0xC0 });
            await client.SendAsync(new byte[] { 0x00 });
            await client.ExpectAsync(PacketType.PingResp);
        }
    }
}
