using System.Collections.Concurrent;
using OrleansBroker.Grains.Sessions;

namespace OrleansBroker.Grains.Tests.Cluster;

/// <summary>
/// A silo that is killed in a process says good-bye all the same: with this it says nothing more to any other from the moment that it is dead. One that lives can be kept
/// from handing connections over.
/// </summary>
internal sealed class DeadSilo : IOutgoingGrainCallFilter
{
    private volatile bool _isDead;

    /// <summary>What a hand-over waits for.</summary>
    public Task MayReattach { get; set; } = Task.CompletedTask;

    /// <summary>The sessions whose connections this silo hands over, in order.</summary>
    public ConcurrentQueue<string> Reattached { get; } = [];

    public void Die() => _isDead = true;

    public async Task Invoke(IOutgoingGrainCallContext context)
    {
        if (context.InterfaceMethod.Name == nameof(ISessionGrain.ReattachAsync))
        {
            Reattached.Enqueue(SessionKey.Parse(context.TargetId.Key.ToString()!).ClientId);
            await MayReattach;
        }

        await InvokeAsync(context);
    }

    private Task InvokeAsync(IOutgoingGrainCallContext context) =>
        _isDead && context.InterfaceMethod.DeclaringType!.Namespace!.StartsWith(nameof(OrleansBroker), StringComparison.Ordinal)
            ? Task.FromException(new InvalidOperationException("This silo is dead."))
            : context.Invoke();
}
