using OrleansBroker.Fuzz.Tests.Generation;

namespace OrleansBroker.Fuzz.Tests.Connections;

/// <summary>What the fakes have not answered yet, to be answered in any order and from any thread.</summary>
internal sealed class HeldWork(FuzzRandom random)
{
    private readonly Lock _gate = new();
    private readonly List<Action> _waiting = [];

    public void Add(Action work)
    {
        lock (_gate)
            _waiting.Add(work);
    }

    /// <returns>False when nothing waits.</returns>
    public bool ReleaseOne()
    {
        Action work;
        lock (_gate)
        {
            if (_waiting.Count == 0)
                return false;
            var index = random.Next(_waiting.Count);
            work = _waiting[index];
            _waiting.RemoveAt(index);
        }

        work();
        return true;
    }

    /// <summary>Also what comes meanwhile.</summary>
    public void ReleaseAll()
    {
        while (ReleaseOne())
        {
            // until nothing waits
        }
    }
}
