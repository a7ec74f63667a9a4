namespace OrleansBroker.Grains.Sessions;

/// <summary>Where a session learns when its connection last received a packet.</summary>
internal interface IActivityProbe
{
    /// <summary>Monotonic milliseconds of this silo; false when the answer comes later, by a call of the session's monitor.</summary>
    bool TryRead(out long lastPacketMilliseconds);
}
