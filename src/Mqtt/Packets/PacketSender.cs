namespace OrleansBroker.Mqtt.Packets;

/// <summary>Who sent a packet: PUBLISH, DISCONNECT and AUTH allow each side different properties and reason codes.</summary>
public enum PacketSender : byte
{
    Client = 0,
    Server = 1,
}
