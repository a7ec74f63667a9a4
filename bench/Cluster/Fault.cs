using OrleansBroker.Cluster.Nodes;
using OrleansBroker.TestKit.Servers;

namespace OrleansBroker.Cluster;

/// <summary>Something that goes wrong, or is done, under load.</summary>
/// <param name="Cores">How many core nodes it starts with; 0 for as many as are asked for.</param>
/// <param name="InjectAsync">From its beginning to its end: a freeze ends when the process goes on.</param>
internal sealed record Fault(string Name, string Meaning, int Cores, Func<RunningNodes, PostgresServer, Task> InjectAsync)
{
    private static readonly TimeSpan Freeze = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Breath = TimeSpan.FromSeconds(3);

    public static IReadOnlyList<Fault> All { get; } =
    [
        new("none", "no fault", 0, static (_, _) => Task.Delay(Breath, TimeProvider.System)),
        new("kill-core", "kill -9 of a core", 0, static (nodes, _) => nodes.KillAsync(nodes.Cores[0])),
        new("kill-gateway", "kill -9 of a gateway", 0, static (nodes, _) => nodes.KillAsync(nodes.Gateways[0])),
        new("kill-both", "kill -9 of a core and a gateway at once", 0, static (nodes, _) => nodes.KillAsync(nodes.Cores[0], nodes.Gateways[0])),
        new("kill-two-of-four", "kill -9 of two of four cores at once", 4, static (nodes, _) => nodes.KillAsync(nodes.Cores[0], nodes.Cores[1])),
        new("freeze-core", "SIGSTOP of a core for 20 s", 0, FreezeAsync),
        new("cut-core", "link of a core cut for 30 s", 0, CutAsync),
        new("store", "store down for 30 s", 0, StopStoreAsync),
        new("roll", "all nodes stopped and started one after the other", 0, RollAsync),
        new("scale", "from two to four cores", 2, ScaleAsync),
    ];

    private static async Task FreezeAsync(RunningNodes nodes, PostgresServer server)
    {
        // Declared dead meanwhile, it ends itself when it wakes.
        var core = nodes.Cores[0];
        nodes.Leave(core);
        await core.SignalAsync("STOP");
        await Task.Delay(Freeze, TimeProvider.System);
        await core.SignalAsync("CONT");
    }

    private static async Task CutAsync(RunningNodes nodes, PostgresServer server)
    {
        var core = nodes.Cores.First(static core => core.IsBehindLink);
        nodes.Leave(core);
        await nodes.Link!.CutAsync();
        await Task.Delay(Outage, TimeProvider.System);
        await nodes.Link.RestoreAsync();
    }

    private static async Task StopStoreAsync(RunningNodes nodes, PostgresServer server)
    {
        await server.StopAsync();
        await Task.Delay(Outage, TimeProvider.System);
        await server.StartAsync();
    }

    private static async Task RollAsync(RunningNodes nodes, PostgresServer server)
    {
        foreach (var node in nodes.Cores.Concat(nodes.Gateways).ToList())
        {
            await nodes.StopAsync(node);
            await nodes.AddAsync(node.Role);
            await Task.Delay(Breath, TimeProvider.System);
        }
    }

    private static async Task ScaleAsync(RunningNodes nodes, PostgresServer server)
    {
        for (var i = 0; i < 2; i++) await nodes.AddAsync(NodeRole.Core);
        await Task.Delay(Outage, TimeProvider.System);
    }
}
