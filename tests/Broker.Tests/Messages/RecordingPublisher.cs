using OrleansBroker.Broker.Messages;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Broker.Tests.Messages;

/// <summary>Notes what its publications come to; a second end of the same publication fails the test.</summary>
internal sealed class RecordingPublisher : IPublisher
{
    private readonly Dictionary<Publication, ReasonCode> _settled = [];

    public int DeferredCount { get; private set; }

    public int SettledCount => _settled.Count;

    public void Deferred(Publication publication) => DeferredCount++;

    public void Settled(Publication publication, ReasonCode reason) => _settled.Add(publication, reason);

    public bool IsSettled(Publication publication) => _settled.ContainsKey(publication);

    /// <summary>Null while it is not settled.</summary>
    public ReasonCode? ReasonOf(Publication publication) => _settled.TryGetValue(publication, out var reason) ? reason : null;
}
