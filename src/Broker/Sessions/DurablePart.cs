using OrleansBroker.Broker.Messages;

namespace OrleansBroker.Broker.Sessions;

/// <summary>
/// A receiver's part of a publication that is open when its session has taken the message: settled by the commit or by the client's acknowledgement, whichever is first,
/// and of a transient session by the gateway that has the message.
/// </summary>
public sealed class DurablePart(Publication publication)
{
    private Publication? _publication = publication;

    /// <summary>Settles once; later calls do nothing. Any thread.</summary>
    public void Settle(PartOutcome outcome) => Interlocked.Exchange(ref _publication, null)?.Settle(outcome);
}
