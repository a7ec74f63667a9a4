namespace OrleansBroker.Grains.Monitors;

/// <summary>Control work that found its monitor held: run later under it, its result awaited outside.</summary>
internal abstract class Operation<TState>
{
    public abstract void Run(TState state);
}
