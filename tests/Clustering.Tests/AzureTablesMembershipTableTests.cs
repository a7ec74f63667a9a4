using Azure;
using Azure.Data.Tables;
using OrleansBroker.Clustering.AzureTables;
using OrleansBroker.TestKit.Servers;

namespace OrleansBroker.Clustering.Tests;

public sealed class AzureTablesMembershipTableTests(AzureTablesMembershipTableTests.Account account)
    : MembershipTableContract, IClassFixture<AzureTablesMembershipTableTests.Account>
{
    private string _tableName = string.Empty;

    protected override DateTimeOffset Later => TimeProvider.System.GetUtcNow().AddHours(1);

    private TableClient Table => new(account.Server.ConnectionString(), _tableName);

    public override ValueTask InitializeAsync()
    {
        _tableName = account.Server.NewTableName();
        return ValueTask.CompletedTask;
    }

    /// <summary>Golden: the layout is that of Orleans' own provider, which may read and write the same table.</summary>
    [Fact]
    public async Task Insert_OneSilo_EntitiesAreThoseOfOrleansOwnProvider()
    {
        var table = await OpenAsync();
        var entry = Silo(7, SiloStatus.Active);
        entry.SuspectTimes = [Tuple.Create(Silo(8).SiloAddress, Start), Tuple.Create(Silo(9).SiloAddress, Start.AddMilliseconds(1_250))];
        await InsertAsync(table, entry);

        var entities = new Dictionary<string, string>();
        await foreach (var entity in Table.QueryAsync<TableEntity>(cancellationToken: Cancellation))
        {
            entities[entity.RowKey] = string.Join(' ', entity
                .Where(static column => column.Key is not ("odata.etag" or "Timestamp" or "RowKey"))
                .OrderBy(static column => column.Key, StringComparer.Ordinal)
                .Select(static column => $"{column.Key}={column.Value}"));
        }

        Assert.Equal(["!Start", "127.0.0.1-11007-7", "VersionRow", "~End"], entities.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("DeploymentId=ours MembershipVersion=1 PartitionKey=ours", entities["VersionRow"]);
        Assert.Equal(entities["VersionRow"], entities["!Start"]);
        Assert.Equal(entities["VersionRow"], entities["~End"]);
        Assert.Equal(
            "Address=127.0.0.1 DeploymentId=ours FaultZone=0 Generation=7 HostName=host IAmAliveTime=2026-11-26 12:00:00.000 GMT InstanceName=silo MembershipVersion=1 "
            + "PartitionKey=ours Port=11007 ProxyPort=0 RoleName= SiloName=silo StartTime=2026-11-26 12:00:00.000 GMT Status=Active "
            + "SuspectingSilos=127.0.0.1:11008@8|127.0.0.1:11009@9 SuspectingTimes=2026-11-26 12:00:00.000 GMT|2026-11-26 12:00:01.250 GMT UpdateZone=0",
            entities["127.0.0.1-11007-7"]);
    }

    [Fact]
    public async Task ReadAll_TableWithoutFences_IsRead()
    {
        var table = await OpenAsync();
        await InsertAsync(table, Silo(1));
        await Table.DeleteEntityAsync("ours", "!Start", ETag.All, Cancellation);
        await Table.DeleteEntityAsync("ours", "~End", ETag.All, Cancellation);

        Assert.Equal(1, (await table.ReadAllAsync(Cancellation)).Version.Version);
    }

    [Theory]
    [InlineData("!Start")]
    [InlineData("~End")]
    public async Task ReadAll_FenceOfAnotherVersion_IsNotTakenForOneMoment(string fence)
    {
        var table = await OpenAsync();
        await Table.UpsertEntityAsync(new TableEntity("ours", fence) { ["MembershipVersion"] = "5" }, TableUpdateMode.Replace, Cancellation);

        await Assert.ThrowsAsync<TimeoutException>(() => table.ReadAllAsync(Cancellation));
    }

    // Pages of three: every read of more than a silo takes several.
    protected override MembershipTable CreateTable(string cluster) =>
        new AzureTablesMembershipTable(account.Server.ConnectionString(), cluster, Log, _tableName, page: 3);

    protected override async Task LoseVersionAsync(string cluster) => await Table.DeleteEntityAsync(cluster, "VersionRow", ETag.All, Cancellation);

    protected override async Task SpoilAsync(string cluster, SiloAddress silo) => await Table.UpdateEntityAsync(
        new TableEntity(cluster, $"127.0.0.1-{silo.Endpoint.Port}-{silo.Generation}") { ["StartTime"] = "yesterday" }, ETag.All, TableUpdateMode.Merge, Cancellation);

    /// <summary>One server for all tests.</summary>
    public sealed class Account : IAsyncLifetime
    {
        public AzuriteServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Server = await AzuriteServer.CreateAsync();

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }
}
