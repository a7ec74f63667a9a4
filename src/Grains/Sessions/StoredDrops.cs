using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Grains.Records;

namespace OrleansBroker.Grains.Sessions;

/// <summary>What a session's journal says of messages that were dropped.</summary>
/// <param name="Incarnation">Of the session; a later one in the same journal begins anew.</param>
internal sealed record StoredDrops(long Incarnation, IReadOnlyList<(DropReason Reason, long Count)> Counts)
{
    private static readonly int Reasons = Enum.GetValues<DropReason>().Length;

    /// <summary>Reasons that this program does not know are left out.</summary>
    public static StoredDrops Read(ReadOnlySpan<byte> value)
    {
        var fields = new RecordFields(value);
        var incarnation = fields.Int64();
        var counts = new List<(DropReason, long)>();
        while (fields.Byte() is var reason and not 0)
        {
            var count = fields.Short();
            if (reason <= Reasons) counts.Add(((DropReason)(reason - 1), count));
        }

        return new StoredDrops(incarnation, counts);
    }

    public void Restore(Session session)
    {
        foreach (var (reason, count) in Counts) session.RestoreDrops(reason, count);
    }
}
