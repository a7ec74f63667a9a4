using OrleansBroker.TestKit.Servers;

namespace OrleansBroker.Storage.Tests.AzureTables;

/// <summary>One server for all tests of a class.</summary>
public sealed class AzuriteFixture : IAsyncLifetime
{
    public AzuriteServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await AzuriteServer.CreateAsync();

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
