using Orleans.Concurrency;
using OrleansBroker.Grains.Nodes;

namespace OrleansBroker.Grains.Topics;

/// <summary>The owner of one shard of the topic space; the key is the shard's number.</summary>
[Alias("broker.ITopicGrain"), GrainInterfaceType("broker.topic")]
public interface ITopicGrain : IGrainWithIntegerKey
{
    /// <summary>Activates the shard.</summary>
    /// <returns>Where it is.</returns>
    [Alias("Open"), AlwaysInterleave]
    ValueTask<SiloAddress> OpenAsync();

    /// <summary>Publications and barriers that came to a silo where the shard is not; in order, encoded as in a lane.</summary>
    /// <returns>Where it is.</returns>
    [Alias("Publish"), AlwaysInterleave]
    ValueTask<SiloAddress> PublishAsync([Immutable] ReadOnlyMemory<byte> batch, SiloAddress from);

    /// <summary>The shard goes on at another silo as soon as it can; nothing of it is lost, and nothing overtakes (invariant B4).</summary>
    [Alias("Move"), AlwaysInterleave]
    ValueTask MoveAsync(SiloAddress to);

    /// <summary>Takes routes; returns when they are committed.</summary>
    /// <returns>Null, unless retained messages were given for them: then the silo that has them, until they have been handed over to the session's.</returns>
    [Alias("Register"), AlwaysInterleave]
    ValueTask<SiloAddress?> RegisterAsync([Immutable] RouteRecord[] routes);

    /// <summary>Removes routes unless newer ones stand in their place; returns when that is committed. Idempotent.</summary>
    [Alias("Remove"), AlwaysInterleave]
    ValueTask RemoveAsync([Immutable] RouteRecord[] routes);

    /// <summary>A session refuses what routes of this shard brought it: those with these versions go (invariant B13).</summary>
    [Alias("Gone"), AlwaysInterleave, OneWay]
    ValueTask GoneAsync([Immutable] byte[] topic, string clientId, MatchRecord match);

    /// <summary>A member of shared groups has a connection again.</summary>
    /// <param name="silo">Where its session is.</param>
    [Alias("MemberConnected"), AlwaysInterleave]
    ValueTask MemberConnectedAsync(string clientId, string[] filters, SiloAddress silo);
}
