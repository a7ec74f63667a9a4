namespace OrleansBroker.Storage.Journals;

/// <summary>One life of one silo as a writer of journals; a restarted silo has another. With the epoch it says whose a row is.</summary>
public readonly record struct WriterId(Guid Value)
{
    public static WriterId New() => new(Guid.NewGuid());

    /// <summary>32 hexadecimal digits: what is attached to it is found by this.</summary>
    public override string ToString() => Value.ToString("N");
}
