namespace OrleansBroker.Grains.Timing;

/// <summary>Where an entry is, guarded by its shard's lock.</summary>
internal enum WheelEntryState : byte
{
    Idle,

    /// <summary>Linked in a list of its shard.</summary>
    Linked,

    /// <summary>Taken out to be called soon; may still be cancelled.</summary>
    Due,

    /// <summary>OnDue is running, and nobody has scheduled or cancelled the entry since it began.</summary>
    Firing,
}
