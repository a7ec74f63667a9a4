namespace OrleansBroker.TestKit;

/// <summary>CONNACK; in 3.x the reason code is the return code.</summary>
public sealed record ConnAckFrame(bool SessionPresent, byte ReasonCode, PropertyList Properties);
