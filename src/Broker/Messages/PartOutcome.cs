namespace OrleansBroker.Broker.Messages;

/// <summary>How one receiver's part of a publication ended; closed, and each value may be named in metrics.</summary>
public enum PartOutcome : byte
{
    /// <summary>Handed over: committed, acknowledged or, for a transient receiver, taken by its gateway.</summary>
    Done,

    /// <summary>The receiver's queue is full and its owner chose to refuse (0x97).</summary>
    Refused,

    /// <summary>The receiver is gone, or wanted no copy: nobody received this part.</summary>
    NoReceiver,

    /// <summary>The store could not take it in time: the publication must not be acknowledged as done.</summary>
    NotStored,
}
