using System.Collections.Concurrent;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Grains.Nodes.Lanes;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Grains.Topics;

namespace OrleansBroker.Grains.Tests.Cluster;

/// <summary>
/// A silo that is killed in a process says good-bye all the same: with this it says nothing more to any other from the moment that it is dead. One that lives can be kept
/// from handing connections over, and from sending what is in its lanes.
/// </summary>
internal sealed class DeadSilo : IOutgoingGrainCallFilter
{
    private volatile bool _isDead;
    private volatile TaskCompletionSource? _lanes;
    private volatile int _heldKind;
    private int _registrations;

    /// <summary>The silo that questions about its sessions get no answer of; null for none.</summary>
    public SiloAddress? Silent { get; set; }

    /// <summary>What a hand-over waits for.</summary>
    public Task MayReattach { get; set; } = Task.CompletedTask;

    /// <summary>The sessions whose connections this silo hands over, in order.</summary>
    public ConcurrentQueue<string> Reattached { get; } = [];

    /// <summary>How often the silo has registered routes with a shard.</summary>
    public int Registrations => Volatile.Read(ref _registrations);

    public void Die()
    {
        _isDead = true;
        ReleaseLanes();
    }

    /// <summary>What the silo's lanes of this kind have for others stays with it from now on.</summary>
    public void HoldLanes(LaneKind kind)
    {
        _heldKind = (int)kind;
        _lanes = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public void ReleaseLanes()
    {
        var lanes = _lanes;
        _lanes = null;
        lanes?.TrySetResult();
    }

    public async Task Invoke(IOutgoingGrainCallContext context)
    {
        if (context.InterfaceMethod.Name == nameof(ISessionGrain.ReattachAsync))
        {
            Reattached.Enqueue(SessionKey.Parse(context.TargetId.Key.ToString()!).ClientId);
            await MayReattach;
        }

        if (Silent is { } silent && context.InterfaceMethod.DeclaringType == typeof(INodeQueries) && SystemTargetGrainId.TryParse(context.TargetId, out var target) && silent.Equals(target.GetSiloAddress()))
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System);
        if (context.InterfaceMethod.Name == nameof(ITopicGrain.RegisterAsync) && context.InterfaceMethod.DeclaringType == typeof(ITopicGrain)) Interlocked.Increment(ref _registrations);
        if (_lanes is { } held && context.InterfaceMethod.Name == nameof(INodeService.AcceptAsync) && (int)context.Request.GetArgument(2)! / LaneNumber.Most == _heldKind) await held.Task;
        await InvokeAsync(context);
    }

    private Task InvokeAsync(IOutgoingGrainCallContext context) =>
        _isDead && context.InterfaceMethod.DeclaringType!.Namespace!.StartsWith(nameof(OrleansBroker), StringComparison.Ordinal)
            ? Task.FromException(new InvalidOperationException("This silo is dead."))
            : context.Invoke();
}
