namespace OrleansBroker.Grains.Tests.Cluster;

/// <summary>A silo that is killed in a process says good-bye all the same: with this it says nothing more to any other from the moment that it is dead.</summary>
internal sealed class DeadSilo : IOutgoingGrainCallFilter
{
    private volatile bool _isDead;

    public void Die() => _isDead = true;

    public Task Invoke(IOutgoingGrainCallContext context) =>
        _isDead && context.InterfaceMethod.DeclaringType!.Namespace!.StartsWith(nameof(OrleansBroker), StringComparison.Ordinal)
            ? Task.FromException(new InvalidOperationException("This silo is dead."))
            : context.Invoke();
}
