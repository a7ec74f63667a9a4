namespace OrleansBroker.Broker.Sessions;

/// <summary>Messages of a queue that follow each other and are in the journal alone: what is read back at once.</summary>
public sealed class StoredPage
{
    /// <summary>Sequence of the oldest message.</summary>
    public long First { get; internal set; }

    /// <summary>Sequence of the newest; every one between the two is a message of the page.</summary>
    public long Last { get; internal set; }

    /// <summary>Bytes of all bodies. When its oldest message is dropped unread, what that had is taken to be the mean.</summary>
    public long Bytes { get; internal set; }

    /// <summary>QoS 0 messages among them.</summary>
    internal int AtMostOnceCount { get; set; }

    /// <summary>Journal number of the newest record.</summary>
    internal ulong Record { get; set; }

    /// <summary>Nothing is added to it any more.</summary>
    internal bool IsBeingRead { get; set; }

    public int Count => (int)(Last - First + 1);
}
