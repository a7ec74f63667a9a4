using System.Text.RegularExpressions;
using OrleansBroker.TestKit;
using OrleansBroker.TestKit.Servers;

namespace OrleansBroker.Cluster.Tests;

/// <summary>Nodes of the real program, each a process, with one PostgreSQL for membership and store.</summary>
internal sealed partial class RunningCluster : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _connectionString;
    private readonly string[] _settings;
    private readonly List<BrokerProcess> _gateways = [];
    private readonly List<BrokerProcess> _cores = [];

    private RunningCluster(string connectionString, string[] settings)
    {
        _connectionString = connectionString;
        _settings = settings;
    }

    public IReadOnlyList<BrokerProcess> Gateways => _gateways;

    public IReadOnlyList<BrokerProcess> Cores => _cores;

    /// <summary>What every node is started with.</summary>
    public static string[] SettingsOf(string connectionString) =>
        ["Broker:Storage:Provider=Postgres", $"Broker:Storage:ConnectionString={connectionString}", "Broker:Cluster:Provider=Postgres"];

    /// <summary>What one more node of this cluster is started with, whatever its roles.</summary>
    public string[] SettingsOfItself() => [.. SettingsOf(_connectionString), .. _settings];

    /// <summary>A cluster with tables of its own; nodes start together and know each other on return.</summary>
    public static async Task<RunningCluster> StartAsync(PostgresServer server, int gateways, int cores, params string[] settings)
    {
        var cluster = new RunningCluster(await server.CreateSchemaAsync(), settings);
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

    public Task<BrokerProcess> AddGatewayAsync() => AddAsync(_gateways, "Gateway");

    public Task<BrokerProcess> AddCoreAsync() => AddAsync(_cores, "Core");

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
        var expected = $"nodes={_gateways.Count + _cores.Count} cores={_cores.Count} gateways={_gateways.Count}";
        // A node that was always alone says nothing.
        if (_gateways.Count + _cores.Count == 1 && !_gateways.Concat(_cores).Any(static node => Nodes().IsMatch(node.Errors))) return;
        using var limit = new CancellationTokenSource(Patience);
        foreach (var node in _gateways.Concat(_cores))
        {
            while (Nodes().Matches(node.Errors).LastOrDefault()?.Value != expected)
            {
                if (limit.IsCancellationRequested) Assert.Fail($"no '{expected}' from {node.Ready["node"]}: {node.Errors}");
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _gateways.Concat(_cores)) await node.DisposeAsync();
    }

    private async Task<BrokerProcess> AddAsync(List<BrokerProcess> same, string role)
    {
        var node = await BrokerProcess.StartAsync([.. SettingsOfItself(), $"Broker:Roles={role}"]);
        lock (same) same.Add(node);
        return node;
    }

    private void Forget(BrokerProcess node)
    {
        if (!_gateways.Remove(node) && !_cores.Remove(node)) throw new InvalidOperationException("this node is not of the cluster");
    }

    [GeneratedRegex("nodes=[0-9]+ cores=[0-9]+ gateways=[0-9]+")]
    private static partial Regex Nodes();
}
