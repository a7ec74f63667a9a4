namespace OrleansBroker.Mqtt.Codec;

/// <summary>Writes a packet's properties without their length.</summary>
internal delegate void PropertiesWriter<in TPacket>(ref PacketWriter writer, TPacket packet);
