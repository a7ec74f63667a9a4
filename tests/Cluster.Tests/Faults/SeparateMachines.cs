using System.Globalization;
using OrleansBroker.TestKit;
using OrleansBroker.TestKit.Servers;

namespace OrleansBroker.Cluster.Tests.Faults;

/// <summary>
/// A network namespace for each node with two links, as machines have: one to the other nodes and the store, which can be cut, and one to the devices. Cut means that
/// packets vanish: no connection is reset.
/// </summary>
internal sealed class SeparateMachines : IAsyncDisposable
{
    private const string Nodes = "10.231.77";
    private const string Devices = "10.231.78";

    private static int _made;

    // Links go some time after their namespace: no name is used twice.
    private readonly string _prefix = string.Create(CultureInfo.InvariantCulture, $"ob{Environment.ProcessId % 100_000}{(char)('a' + Interlocked.Increment(ref _made))}");
    private readonly List<string> _namespaces = [];
    private readonly Lock _lock = new();
    private TcpProxy? _store;

    private SeparateMachines()
    {
    }

    /// <summary>Where the nodes find the store.</summary>
    public string StoreAddress => Nodes + ".1";

    public int StorePort => _store!.Port;

    /// <summary>Skips the test where the system does not allow it.</summary>
    public static async Task<SeparateMachines> CreateAsync(PostgresServer server)
    {
        var machines = new SeparateMachines();
        try
        {
            await machines.AddBridgeAsync(machines._prefix + "n", Nodes);
            await machines.AddBridgeAsync(machines._prefix + "d", Devices);
            machines._store = new TcpProxy(server.Port, System.Net.IPAddress.Parse(machines.StoreAddress));
            return machines;
        }
        catch (Exception refused) when (refused is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            await machines.DisposeAsync();
            Assert.Skip("network namespaces and bridges are not permitted here: " + refused.Message);
            throw;
        }
    }

    /// <summary>One more machine.</summary>
    /// <returns>Its number, the command that runs a program on it, and its addresses.</returns>
    public async Task<Machine> AddAsync()
    {
        int number;
        string name;
        lock (_lock)
        {
            number = _namespaces.Count + 2;
            name = _prefix + number.ToString(CultureInfo.InvariantCulture);
            _namespaces.Add(name);
        }

        await IpAsync("netns", "add", name);
        await IpAsync("-n", name, "link", "set", "lo", "up");
        await AddLinkAsync(name, "n", $"{Nodes}.{number}");
        await AddLinkAsync(name, "d", $"{Devices}.{number}");
        return new Machine(name, $"{Nodes}.{number}", $"{Devices}.{number}");
    }

    public Task CutAsync(Machine machine) => IpAsync("link", "set", machine.Name + "n", "down");

    public Task HealAsync(Machine machine) => IpAsync("link", "set", machine.Name + "n", "up");

    public async ValueTask DisposeAsync()
    {
        if (_store is not null) await _store.DisposeAsync();
        foreach (var name in _namespaces) await ExternalTool.RunAsync("ip", "netns", "del", name);
        foreach (var bridge in (string[])["n", "d"]) await ExternalTool.RunAsync("ip", "link", "del", _prefix + bridge);
    }

    private async Task AddBridgeAsync(string name, string network)
    {
        await IpAsync("link", "add", name, "type", "bridge");
        await IpAsync("addr", "add", network + ".1/24", "dev", name);
        await IpAsync("link", "set", name, "up");
    }

    private async Task AddLinkAsync(string machine, string kind, string address)
    {
        var outside = machine + kind;
        // No abbreviation of a keyword of ip.
        var inside = "eth" + kind;
        await IpAsync("link", "add", outside, "type", "veth", "peer", "name", inside, "netns", machine);
        await IpAsync("link", "set", outside, "master", _prefix + kind);
        await IpAsync("link", "set", outside, "up");
        await IpAsync("-n", machine, "addr", "add", address + "/24", "dev", inside);
        await IpAsync("-n", machine, "link", "set", inside, "up");
    }

    private static async Task IpAsync(params string[] arguments) => (await ExternalTool.RunAsync("ip", arguments)).EnsureSuccess();

    internal sealed record Machine(string Name, string Address, string DeviceAddress)
    {
        public string[] Command => ["ip", "netns", "exec", Name];

        public string[] Settings =>
        [
            $"Broker:Cluster:Address={Address}", "Broker:Cluster:SiloPort=11111", $"Broker:Listeners:Tcp={DeviceAddress}:1883", "Broker:Listeners:WebSocket=", "Broker:AllowAnonymous=true",
        ];
    }
}
