using System.Net;
using OrleansBroker.Broker.Options.Settings;

namespace OrleansBroker.Silo.Options;

/// <summary><c>Broker:Cluster:*</c>.</summary>
internal sealed record ClusterOptions
{
    [Choice("How nodes find each other: `Local` is one node; `Postgres` and `AzureTables` keep a table of the nodes in a database or in an Azure storage account, and create it.")]
    public ClusterProvider Provider { get; init; } = ClusterProvider.Local;

    [Text("a connection string", "Connection of the `Postgres` or `AzureTables` membership; the storage's when not given.", Secret = true)]
    public string? ConnectionString { get; init; }

    [Text("a name", "Name of the cluster; nodes of another name are strangers.", Required = true)]
    public string Id { get; init; } = "orleans-broker";

    [Address("Address at which the other nodes reach this one.")]
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    [Count(0, 65_535, "port", "Port at which the other nodes reach this one; 0 takes a free one.")]
    public int SiloPort { get; init; } = 11_111;

    [Count(1, 4_096, "shards", "Topic shards; only when a cluster or data folder is created.")]
    public int Shards { get; init; } = 64;

    [Count(1, 16, "levels", "Topic levels that choose a shard; only when a cluster or data folder is created.")]
    public int ShardLevels { get; init; } = 2;
}
