namespace OrleansBroker.Broker.Sessions;

/// <summary>What a resumed session was before the CONNECT whose CONNACK is not sent yet.</summary>
internal sealed record ResumedState(WillMessage? Will, uint ExpiryIntervalSeconds, long? DisconnectedAtMilliseconds);
