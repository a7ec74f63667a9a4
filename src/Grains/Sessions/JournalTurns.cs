using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Grains.Sessions;

/// <summary>The turns of this silo's writer, for its gateway.</summary>
internal sealed class JournalTurns(JournalWriter writer) : IJournalTurns
{
    public bool TryBegin() => CommitTurn.TryBegin(writer);

    public void End() => CommitTurn.End(writer);
}
