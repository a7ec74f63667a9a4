namespace OrleansBroker.Fuzz.Tests.Judge;

/// <summary>What matters of a packet that a server sent.</summary>
/// <param name="Type">0 when the bytes end too early.</param>
/// <param name="Code">Reason or return code of CONNACK, the acknowledgements, DISCONNECT and AUTH.</param>
/// <param name="Codes">Number of codes in SUBACK and UNSUBACK.</param>
/// <param name="TopicAliasMaximum">CONNACK: what the client may use.</param>
/// <param name="ReceiveMaximum">CONNACK: what the client may have in flight.</param>
internal readonly record struct ServerPacket(
    int Type, int Length, int Code, int Codes, int PacketIdentifier, int QoS, Slice Topic, int TopicAlias, int TopicAliasMaximum, int ReceiveMaximum);
