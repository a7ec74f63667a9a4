namespace OrleansBroker.Broker.Sessions;

/// <summary>What a connection did with a PUBLISH that a session gave it.</summary>
public enum SendOutcome : byte
{
    /// <summary>Appended to the output.</summary>
    Sent,

    /// <summary>The output's bound is reached; the connection calls <c>OutputDrained</c> when there is room.</summary>
    Full,

    /// <summary>The packet would exceed the client's Maximum Packet Size [MQTT5-3.1.2-24]; it must be treated as sent and done.</summary>
    TooLarge,

    /// <summary>The connection is closed; the session will hear of it by its disconnect.</summary>
    Closed,
}
