using OrleansBroker.Broker.Messages;

namespace OrleansBroker.Broker.Subscriptions;

/// <summary>A shared group's message on offer to one member after the other (invariant B19).</summary>
public sealed class SharedOffer(Publication publication, ISharedGroup group)
{
    public Publication Publication { get; } = publication;

    public ISharedGroup Group { get; } = group;

    /// <summary>The member asked now, with its grant.</summary>
    public RouteMatch Match { get; set; } = null!;

    /// <summary>How many members were asked; set by the group.</summary>
    public int Asked { get; set; }

    /// <summary>No connected member has taken it: the member may queue it while not connected.</summary>
    public bool IsLastResort { get; set; }

    /// <summary>Tells the group; on any thread, under the receiver's monitor.</summary>
    public void Answer(OfferAnswer answer) => Group.Answered(this, answer);
}
