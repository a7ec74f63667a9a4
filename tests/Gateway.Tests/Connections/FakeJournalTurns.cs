using OrleansBroker.Grains.Sessions;

namespace OrleansBroker.Gateway.Tests.Connections;

/// <summary>Counts what it is asked.</summary>
internal sealed class FakeJournalTurns : IJournalTurns
{
    public int Begun { get; private set; }

    public int Ended { get; private set; }

    public bool IsBegunElsewhere { get; init; }

    public Action? OnEnd { get; init; }

    public bool TryBegin()
    {
        Begun++;
        return !IsBegunElsewhere;
    }

    public void End()
    {
        Ended++;
        OnEnd?.Invoke();
    }
}
