using System.Globalization;
using OrleansBroker.TestKit;

namespace OrleansBroker.Cluster.Nodes;

/// <summary>
/// A network namespace with one link to everybody else. Cut, packets vanish both ways and nobody is told, as with a broken switch: each side sends to a hardware address that nobody has.
/// Needs the right to make namespaces.
/// </summary>
internal sealed class CuttableLink : IAsyncDisposable
{
    /// <summary>Where everybody else is reached.</summary>
    public const string OutsideAddress = "10.213.0.1";

    public const string InsideAddress = "10.213.0.2";

    private const string Nobody = "02:00:00:00:00:99";

    private readonly string _outside = "cut" + Environment.ProcessId.ToString(CultureInfo.InvariantCulture);

    private CuttableLink()
    {
    }

    public string Namespace => "broker-" + _outside;

    private string Inside => _outside + "i";

    public static async Task<CuttableLink> CreateAsync()
    {
        var link = new CuttableLink();
        await IpAsync("netns", "add", link.Namespace);
        await IpAsync("link", "add", link._outside, "type", "veth", "peer", "name", link.Inside, "netns", link.Namespace);
        await IpAsync("address", "add", OutsideAddress + "/24", "dev", link._outside);
        await IpAsync("link", "set", link._outside, "up");
        await IpAsync("-n", link.Namespace, "address", "add", InsideAddress + "/24", "dev", link.Inside);
        await IpAsync("-n", link.Namespace, "link", "set", link.Inside, "up");
        await IpAsync("-n", link.Namespace, "link", "set", "lo", "up");
        return link;
    }

    public async Task CutAsync()
    {
        await IpAsync("neighbour", "replace", InsideAddress, "lladdr", Nobody, "dev", _outside, "nud", "permanent");
        await IpAsync("-n", Namespace, "neighbour", "replace", OutsideAddress, "lladdr", Nobody, "dev", Inside, "nud", "permanent");
    }

    public async Task RestoreAsync()
    {
        await IpAsync("neighbour", "del", InsideAddress, "dev", _outside);
        await IpAsync("-n", Namespace, "neighbour", "del", OutsideAddress, "dev", Inside);
    }

    /// <summary>The pair of devices goes with the namespace.</summary>
    public async ValueTask DisposeAsync() => await ExternalTool.RunAsync("ip", "netns", "del", Namespace);

    private static async Task IpAsync(params string[] arguments) => (await ExternalTool.RunAsync("ip", arguments)).EnsureSuccess();
}
