using System.Globalization;
using System.Text.RegularExpressions;
using OrleansBroker.Cluster.Tests.Faults;
using OrleansBroker.TestKit;
using OrleansBroker.TestKit.Servers;

namespace OrleansBroker.Cluster.Tests;

/// <summary>Nodes of the real program, each a process, with one PostgreSQL for membership and store.</summary>
internal sealed partial class RunningCluster : IAsyncDisposable
{
    /// <summary>Many tests at once on a small machine: a node that only waits for a processor must not be taken for dead. That a process has ended is noticed otherwise (ADR 0024).</summary>
    private const string PatientProbes = "Broker:Timing:ProbeTimeout=2s";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private const int LinesShown = 60;

    private readonly string _connectionString;
    private readonly string[] _settings;
    private readonly List<BrokerProcess> _gateways = [];
    private readonly List<BrokerProcess> _cores = [];
    private readonly List<BrokerProcess> _both = [];
    private readonly Dictionary<BrokerProcess, SeparateMachines.Machine> _machinesOf = [];
    private SeparateMachines? _machines;

    private RunningCluster(string connectionString, string[] settings)
    {
        _connectionString = connectionString;
        _settings = settings;
    }

    public IReadOnlyList<BrokerProcess> Gateways => _gateways;

    public IReadOnlyList<BrokerProcess> Cores => _cores;

    /// <summary>Nodes of both roles.</summary>
    public IReadOnlyList<BrokerProcess> Both => _both;

    private IEnumerable<BrokerProcess> Nodes => [.. _gateways, .. _cores, .. _both];

    /// <summary>What every node is started with.</summary>
    public static string[] SettingsOf(string connectionString) =>
        ["Broker:Storage:Provider=Postgres", $"Broker:Storage:ConnectionString={connectionString}", "Broker:Cluster:Provider=Postgres"];

    /// <summary>What one more node of this cluster is started with, whatever its roles.</summary>
    public string[] SettingsOfItself() => [.. SettingsOf(_connectionString), PatientProbes, .. _settings];

    /// <summary>A cluster with tables of its own; nodes start together and know each other on return.</summary>
    public static async Task<RunningCluster> StartAsync(PostgresServer server, int gateways, int cores, params string[] settings) =>
        await StartAsync(await server.CreateSchemaAsync(), gateways, cores, settings);

    /// <inheritdoc cref="StartAsync(PostgresServer, int, int, string[])"/>
    /// <param name="machines">Each node has one of its own.</param>
    public static async Task<RunningCluster> StartAsync(PostgresServer server, SeparateMachines machines, int gateways, int cores, params string[] settings) =>
        await StartAsync(new RunningCluster(await server.CreateSchemaAsync(machines.StorePort, machines.StoreAddress), settings) { _machines = machines }, gateways, cores);

    /// <inheritdoc cref="StartAsync(PostgresServer, int, int, string[])"/>
    /// <param name="connectionString">Of the store and of the membership, such as one by way of a <see cref="TcpProxy"/>.</param>
    public static Task<RunningCluster> StartAsync(string connectionString, int gateways, int cores, params string[] settings) =>
        StartAsync(new RunningCluster(connectionString, settings), gateways, cores);

    public Task<BrokerProcess> AddGatewayAsync() => AddAsync(_gateways, "Gateway");

    public Task<BrokerProcess> AddCoreAsync() => AddAsync(_cores, "Core");

    public Task<BrokerProcess> AddBothAsync() => AddAsync(_both, "Gateway,Core");

    /// <summary>It is not one of the cluster's any more, whatever it thinks itself.</summary>
    public void Forget(BrokerProcess node)
    {
        if (!_gateways.Remove(node) && !_cores.Remove(node) && !_both.Remove(node)) throw new InvalidOperationException("this node is not of the cluster");
    }

    /// <summary>Nothing passes between its machine and the others and the store; devices reach it.</summary>
    public Task CutAsync(BrokerProcess node) => _machines!.CutAsync(_machinesOf[node]);

    public Task HealAsync(BrokerProcess node) => _machines!.HealAsync(_machinesOf[node]);

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync(BrokerProcess node)
    {
        Forget(node);
        await node.KillAsync();
        await node.DisposeAsync();
    }

    /// <summary>SIGTERM; the exit code.</summary>
    public async Task<int> StopAsync(BrokerProcess node)
    {
        Forget(node);
        var exitCode = await node.StopAsync();
        await node.DisposeAsync();
        return exitCode;
    }

    /// <summary>Until every node knows the others that run, and no more: it says so in its log.</summary>
    public async Task SettleAsync()
    {
        var expected = $"nodes={Nodes.Count()} cores={_cores.Count + _both.Count} gateways={_gateways.Count + _both.Count}";
        // A node that was always alone says nothing.
        if (Nodes.Count() == 1 && !Nodes.Any(static node => Seen().IsMatch(node.Errors))) return;
        using var limit = new CancellationTokenSource(Patience);
        foreach (var node in Nodes)
        {
            while (Seen().Matches(node.Errors).LastOrDefault()?.Value != expected)
            {
                if (limit.IsCancellationRequested) Assert.Fail($"no '{expected}' from {node.Ready["node"]}: {node.Errors}");
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
            }
        }
    }

    /// <summary>Until the node's log has such a line; the number that it says.</summary>
    /// <param name="line">The number is its first group.</param>
    public static async Task<int> NumberAsync(BrokerProcess node, Regex line)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            if (line.Match(node.Errors) is { Success: true } found) return int.Parse(found.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
            if (limit.IsCancellationRequested) Assert.Fail($"no '{line}' from {node.Ready["node"]}: {node.Errors}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>A node that was declared dead and ends by itself; its exit code.</summary>
    public async Task<int> WaitForEndAsync(BrokerProcess node)
    {
        var exitCode = await node.WaitForEndAsync();
        await node.DisposeAsync();
        return exitCode;
    }

    /// <summary>Shown with a test that failed: what the nodes said last.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes)
        {
            foreach (var line in node.Errors.Split('\n').Where(static line => !line.Contains("ConnectionLog", StringComparison.Ordinal)).TakeLast(LinesShown))
                TestContext.Current.TestOutputHelper?.WriteLine($"{node.Ready["node"]}: {line}");
            await node.DisposeAsync();
        }
    }

    private static async Task<RunningCluster> StartAsync(RunningCluster cluster, int gateways, int cores)
    {
        try
        {
            await Task.WhenAll([
                .. Enumerable.Range(0, gateways).Select(_ => cluster.AddGatewayAsync()),
                .. Enumerable.Range(0, cores).Select(_ => cluster.AddCoreAsync())]);
            await cluster.SettleAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    private async Task<BrokerProcess> AddAsync(List<BrokerProcess> same, string role)
    {
        var machine = _machines is null ? null : await _machines.AddAsync();
        var node = await BrokerProcess.StartByAsync(machine?.Command ?? [], [.. SettingsOfItself(), .. machine?.Settings ?? [], $"Broker:Roles={role}"]);
        lock (_machinesOf)
        {
            same.Add(node);
            if (machine is not null) _machinesOf.Add(node, machine);
        }

        return node;
    }

    [GeneratedRegex("nodes=[0-9]+ cores=[0-9]+ gateways=[0-9]+")]
    private static partial Regex Seen();
}
