using System.Collections.Immutable;

namespace OrleansBroker.Storage.Journals;

/// <summary>One record as it is read: valid only during the call that hands it out, copy what is to stay.</summary>
public readonly ref struct JournalRecord
{
    /// <summary>1 to <see cref="Records.RecordFormat.MaxKeyBytes"/> bytes. A later record replaces an earlier one of the same key.</summary>
    public required ReadOnlySpan<byte> Key { get; init; }

    /// <summary>Empty for a removal.</summary>
    public required ReadOnlySpan<byte> Value { get; init; }

    /// <summary>The whole record as it is stored (<see cref="Records.RecordFormat"/>), for stores.</summary>
    internal ReadOnlySpan<byte> Stored { get; init; }

    /// <summary>The record removes its key; never seen in a replay.</summary>
    public bool IsRemoval { get; init; }

    /// <summary>The record refers to a payload, whether or not it was loaded.</summary>
    public bool HasPayload { get; init; }

    /// <summary>The payload (it may be kept); default when there is none or it was over <see cref="IJournalReplay.MaxPayloadBytes"/>.</summary>
    public ImmutableArray<byte> Payload { get; init; }
}
