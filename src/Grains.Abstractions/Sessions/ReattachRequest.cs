using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Grains.Nodes;

namespace OrleansBroker.Grains.Sessions;

/// <summary>A <see cref="HeldState"/> on its way from a gateway to the session's next activation.</summary>
[GenerateSerializer, Immutable, Alias("broker.ReattachRequest")]
public sealed record ReattachRequest
{
    [Id(0)] public required ConnectRequest Connect { get; init; }

    /// <summary>Of this hand-over on the connection: it is repeated until it is answered, and taken once.</summary>
    [Id(1)] public required long Number { get; init; }

    [Id(2)] public required long Incarnation { get; init; }

    [Id(3)] public required long Epoch { get; init; }

    [Id(4)] public required bool IsDurable { get; init; }

    [Id(5)] public SubscriptionRecord[] Subscriptions { get; init; } = [];

    [Id(6)] public uint LastVersion { get; init; }

    [Id(7)] public long LastSequence { get; init; }

    [Id(8)] public long[] Ended { get; init; } = [];

    [Id(9)] public HeldOutboundRecord[] Outbound { get; init; } = [];

    [Id(10)] public HeldDeliveryRecord[] Deliveries { get; init; } = [];

    [Id(11)] public ushort[] Received { get; init; } = [];

    [Id(12)] public OriginRecord[] Seen { get; init; } = [];

    [Id(13)] public uint[] Owed { get; init; } = [];

    public static ReattachRequest From(HeldState held, long number, SiloAddress gateway, long connectionId) => new()
    {
        Connect = ConnectRequest.From(held.Parameters, gateway, connectionId),
        Number = number,
        Incarnation = held.Incarnation,
        Epoch = held.Epoch,
        IsDurable = held.IsDurable,
        Subscriptions = [.. held.Subscriptions.Select(SubscriptionRecord.From)],
        LastVersion = held.LastVersion,
        LastSequence = held.LastSequence,
        Ended = [.. held.Ended],
        Outbound = [.. held.Outbound.Select(HeldOutboundRecord.From)],
        Deliveries = [.. held.Deliveries.Select(static delivery => new HeldDeliveryRecord(((DeliverySeries)delivery.Source).Silo, (byte)delivery.QoS, delivery.Token))],
        Received = [.. held.Received],
        Seen = [.. held.Seen.Select(static origin => new OriginRecord(origin.Incarnation, origin.Sequence, origin.LowestOpen))],
        Owed = [.. held.Owed],
    };

    public HeldState ToHeld(string clientId) => new()
    {
        Parameters = Connect.ToParameters(clientId),
        Incarnation = Incarnation,
        Epoch = Epoch,
        IsDurable = IsDurable,
        Subscriptions = Array.ConvertAll(Subscriptions, static subscription => subscription.ToSubscription()),
        LastVersion = LastVersion,
        LastSequence = LastSequence,
        Ended = Ended,
        Outbound = Array.ConvertAll(Outbound, static message => message.ToHeld()),
        Deliveries = Array.ConvertAll(Deliveries, static delivery => delivery.ToHeld()),
        Received = Received,
        Seen = Array.ConvertAll(Seen, static origin => new MessageOrigin(origin.Incarnation, origin.Sequence, origin.LowestOpen)),
        Owed = Owed,
    };
}
