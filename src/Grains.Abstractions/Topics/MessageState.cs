namespace OrleansBroker.Grains.Topics;

/// <summary>How much is known of a message that was to be published.</summary>
public enum MessageState
{
    /// <summary>It is as done as a PUBACK says; its reason may still be a refusal by a receiver or by the retained store.</summary>
    Done,

    /// <summary>It breaks a rule or passes a limit and was not published. The same message would be refused again.</summary>
    Refused,

    /// <summary>It was not published: too much is under way, or its shard was not reached in time. It may be tried again.</summary>
    NotPublished,

    /// <summary>It may have been published, or may still be; nobody has said in time that it is done. Tried again it may come twice.</summary>
    Unconfirmed,
}
