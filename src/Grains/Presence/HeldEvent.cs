namespace OrleansBroker.Grains.Presence;

/// <summary>Something of one core that a feed has read and not told yet: an event, or that events are missing.</summary>
/// <param name="Event">None where events are missing.</param>
/// <param name="Next">Where the core's next page begins for who has told this.</param>
internal readonly record struct HeldEvent(PresenceEvent? Event, long Next, PresenceGap? Gap = null)
{
    /// <summary>Gaps first.</summary>
    public long At => Event?.At ?? 0;
}
