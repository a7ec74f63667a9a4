namespace OrleansBroker.Grains.Sessions;

/// <summary>What a thread's turn appends to journals is committed together when the turn ends, on this thread if the store needs no I/O: no thread hop for each message.</summary>
public interface IJournalTurns
{
    /// <returns>False when the thread is in a turn already, whose end it is not to be.</returns>
    bool TryBegin();

    /// <summary>On the thread that began, where nothing is locked: promises that were waiting for the commit may be kept within.</summary>
    void End();
}
