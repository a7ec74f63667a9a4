namespace OrleansBroker.Gateway.Tests.Transports;

/// <summary>What a connection is doing when its client resets it.</summary>
public enum ResetStage
{
    Accepted,
    InConnect,
    Connecting,
    InPublish,

    /// <summary>The client does not read, and the broker's output is full.</summary>
    Blocked,
    Closing,
}
