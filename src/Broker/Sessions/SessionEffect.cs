using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Subscriptions;

namespace OrleansBroker.Broker.Sessions;

/// <summary>What must happen outside a session because of a change: run in order, after the session's monitor is left.</summary>
public readonly record struct SessionEffect(SessionEffectKind Kind, object? Target, long Number = 0)
{
    public static SessionEffect Forward(Publication publication) => new(SessionEffectKind.Forward, publication);

    public static SessionEffect PublishWill(WillMessage will) => new(SessionEffectKind.PublishWill, will);

    public static SessionEffect RepeatWill(Publication again) => new(SessionEffectKind.RepeatWill, again);

    public static SessionEffect Return(Publication again) => new(SessionEffectKind.ReturnShared, again);

    public static SessionEffect RemoveRoutes(IReadOnlyList<Subscription> subscriptions, long incarnation) =>
        new(SessionEffectKind.RemoveRoutes, subscriptions, incarnation);

    public static SessionEffect AnnounceShared(IReadOnlyList<Subscription> subscriptions) => new(SessionEffectKind.AnnounceShared, subscriptions);

    public static SessionEffect EnterNode(NodeSubscriptions subscriptions, long incarnation) => new(SessionEffectKind.EnterNode, subscriptions, incarnation);

    public static SessionEffect LeaveNode(NodeSubscriptions subscriptions, long incarnation) => new(SessionEffectKind.LeaveNode, subscriptions, incarnation);

    public static SessionEffect LoadStored(StoredPage page) => new(SessionEffectKind.LoadStored, page);

    public static SessionEffect Ended() => new(SessionEffectKind.Ended, null);
}
