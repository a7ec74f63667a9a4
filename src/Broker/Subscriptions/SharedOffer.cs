using OrleansBroker.Broker.Messages;

namespace OrleansBroker.Broker.Subscriptions;

/// <summary>A shared group's message on offer to one member after the other (invariant B19).</summary>
public sealed class SharedOffer(Publication publication, ISharedGroup group)
{
    private List<string>? _refusals;

    /// <summary>Keeps its bytes: whoever takes it may have to give it back.</summary>
    public Publication Publication { get; } = publication.Keep();

    public ISharedGroup Group { get; } = group;

    /// <summary>The member asked now, with its grant.</summary>
    public RouteMatch Match { get; set; } = null!;

    /// <summary>No connected member has taken it: the member may queue it while not connected.</summary>
    public bool IsLastResort { get; set; }

    /// <summary>Tells the group; on any thread, under the receiver's monitor.</summary>
    public void Answer(OfferAnswer answer) => Group.Answered(this, answer);

    /// <summary>The member asked now has declined. In the group's turn, as all below.</summary>
    internal void Refuse() => (_refusals ??= []).Add(Match.Receiver.ClientId);

    internal bool IsRefusedBy(string clientId) => _refusals is not null && _refusals.Contains(clientId);

    /// <summary>Every connected member has declined: all may be asked once more, and now should not decline.</summary>
    internal void BecomeLastResort()
    {
        IsLastResort = true;
        _refusals = null;
    }
}
