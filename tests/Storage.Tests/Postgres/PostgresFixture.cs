using OrleansBroker.TestKit.Servers;

namespace OrleansBroker.Storage.Tests.Postgres;

/// <summary>One server for all tests of a class.</summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    public PostgresServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await PostgresServer.CreateAsync();

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
