using OrleansBroker.Broker.Messages;

namespace OrleansBroker.Broker.Sessions;

/// <summary>A durable receiver's part of a publication: settled by its commit or by the client's acknowledgement, whichever is first.</summary>
public sealed class DurablePart(Publication publication)
{
    private Publication? _publication = publication;

    /// <summary>Settles once; later calls do nothing. Under the session's monitor.</summary>
    public void Settle(PartOutcome outcome)
    {
        var publication = _publication;
        _publication = null;
        publication?.Settle(outcome);
    }
}
