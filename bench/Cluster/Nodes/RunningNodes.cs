using System.Text.RegularExpressions;
using OrleansBroker.TestKit.Servers;

namespace OrleansBroker.Cluster.Nodes;

/// <summary>The nodes of one cluster, with tables of its own; default timings.</summary>
internal sealed partial class RunningNodes(string connectionString, CuttableLink? link) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    private readonly List<Node> _all = [];
    private volatile Node[] _live = [];
    private int _droppedWithGateway;
    private int _droppedOtherwise;

    public CuttableLink? Link => link;

    public IReadOnlyList<Node> Gateways => [.. _live.Where(static node => node.Role == NodeRole.Gateway)];

    public IReadOnlyList<Node> Cores => [.. _live.Where(static node => node.Role == NodeRole.Core)];

    /// <summary>Connections that ended with a gateway that was killed or stopped.</summary>
    public int DroppedWithGateway => _droppedWithGateway;

    /// <summary>Connections that ended although their gateway was left alone.</summary>
    public int DroppedOtherwise => _droppedOtherwise;

    public static async Task<RunningNodes> StartAsync(PostgresServer server, int gateways, int cores, CuttableLink? link)
    {
        var nodes = new RunningNodes(await server.CreateSchemaAsync(), link);
        await Task.WhenAll([
            .. Enumerable.Range(0, gateways).Select(_ => nodes.AddAsync(NodeRole.Gateway)),
            .. Enumerable.Range(0, cores).Select(i => nodes.AddAsync(NodeRole.Core, isBehindLink: link is not null && i == 0))]);
        await nodes.SettleAsync();
        return nodes;
    }

    public async Task AddAsync(NodeRole role, bool isBehindLink = false)
    {
        var host = link is null ? "127.0.0.1" : CuttableLink.OutsideAddress;
        string[] settings =
        [
            "Broker:Storage:Provider=Postgres", "Broker:Cluster:Provider=Postgres", "Broker:Limits:MaxQueuedMessages=1000000",
            "Broker:Storage:ConnectionString=" + connectionString.Replace("Host=127.0.0.1", "Host=" + host, StringComparison.Ordinal),
            "Broker:Cluster:Address=" + (isBehindLink ? CuttableLink.InsideAddress : host),
        ];
        var node = await Node.StartAsync(role, settings, isBehindLink ? link : null);
        lock (_all)
        {
            _all.Add(node);
            _live = [.. _live, node];
        }
    }

    /// <summary>SIGKILL, of all at once.</summary>
    public async Task KillAsync(params Node[] nodes)
    {
        foreach (var node in nodes) Leave(node);
        await Task.WhenAll(nodes.Select(static node => node.SignalAsync("KILL")));
        await Task.WhenAll(nodes.Select(static node => node.EndedAsync()));
    }

    /// <summary>SIGTERM, and its end.</summary>
    public async Task StopAsync(Node node)
    {
        Leave(node);
        await node.SignalAsync("TERM");
        await node.EndedAsync();
    }

    /// <summary>Clients go there no more, and it is not waited for.</summary>
    public void Leave(Node node)
    {
        node.IsEnding = true;
        lock (_all) _live = [.. _live.Where(other => other != node)];
    }

    /// <summary>One of the gateways that live.</summary>
    public Node GatewayOf(int client)
    {
        var gateways = Gateways;
        return gateways[client % gateways.Count];
    }

    public void NoteDropped(Node gateway)
    {
        if (gateway.IsEnding) Interlocked.Increment(ref _droppedWithGateway);
        else Interlocked.Increment(ref _droppedOtherwise);
    }

    public async Task SaveLogsAsync(string folder)
    {
        foreach (var node in _all) await node.SaveLogAsync(folder);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _all) await node.DisposeAsync();
    }

    /// <summary>Until every node says that it sees all.</summary>
    private async Task SettleAsync()
    {
        var expected = $"nodes={_live.Length} cores={Cores.Count} gateways={Gateways.Count}";
        using var limit = new CancellationTokenSource(Patience);
        foreach (var node in _live)
        {
            while (Seen().Matches(node.Errors).LastOrDefault()?.Value != expected) await Task.Delay(Poll, TimeProvider.System, limit.Token);
        }
    }

    [GeneratedRegex("nodes=[0-9]+ cores=[0-9]+ gateways=[0-9]+")]
    private static partial Regex Seen();
}
