using OrleansBroker.Grains.Nodes;

namespace OrleansBroker.Gateway.Tests.Hosting;

internal sealed class FakeCluster : IClusterContact
{
    public bool HasOtherGateway { get; set; }

    public bool IsInTouch { get; set; }

    public int Asked { get; private set; }

    public void Ask() => Asked++;
}
