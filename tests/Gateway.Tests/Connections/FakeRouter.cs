using OrleansBroker.Broker.Messages;
using OrleansBroker.Grains.Routing;

namespace OrleansBroker.Gateway.Tests.Connections;

/// <summary>Keeps publications, and settles them at once unless told to hold them.</summary>
internal sealed class FakeRouter : IPublishRouter
{
    private readonly Lock _gate = new();

    public List<Publication> Published { get; } = [];

    public PartOutcome Outcome { get; set; }

    public bool Holds { get; set; }

    /// <summary>What is published may be read after the call.</summary>
    public bool Keeps { get; set; } = true;

    public Action<Publication>? OnPublish { get; set; }

    public void Publish(Publication publication)
    {
        if (Keeps)
            publication.Keep();
        lock (_gate)
            Published.Add(publication);
        OnPublish?.Invoke(publication);
        if (!Holds)
            publication.Settle(Outcome);
    }
}
