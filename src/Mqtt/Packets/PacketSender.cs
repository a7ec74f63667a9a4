namespace OrleansBroker.Mqtt.Packets;

/// <summary>Who sent a packet: PUBLISH and DISCONNECT allow each side different properties and reason codes.</summary>
public enum PacketSender : byte
{
    Client = 0,
    Server = 1,
}
