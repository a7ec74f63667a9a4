namespace OrleansBroker.TestKit;

/// <summary>DISCONNECT of the broker.</summary>
public sealed record DisconnectFrame(byte ReasonCode, PropertyList Properties);
