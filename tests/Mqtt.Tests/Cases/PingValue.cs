using OrleansBroker.Mqtt.Codec;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Mqtt.Tests.Cases;

/// <summary>A PINGREQ or PINGRESP as a value.</summary>
internal sealed record PingValue(PacketType Type)
{
    public byte[] Encode() => Type == PacketType.PingReq ? PacketEncoder.PingReq.ToArray() : PacketEncoder.PingResp.ToArray();
}
