using OrleansBroker.TestKit.Servers;

// One cluster at a time: each is up to four processes.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
[assembly: AssemblyFixture(typeof(OrleansBroker.Cluster.Tests.Database))]

namespace OrleansBroker.Cluster.Tests;

/// <summary>One server for all tests; each cluster has a schema of it.</summary>
public sealed class Database : IAsyncLifetime
{
    public PostgresServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await PostgresServer.CreateAsync();

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
