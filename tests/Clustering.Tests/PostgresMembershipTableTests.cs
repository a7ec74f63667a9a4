using System.Diagnostics.CodeAnalysis;
using Npgsql;
using OrleansBroker.Clustering.Postgres;
using OrleansBroker.TestKit.Servers;

namespace OrleansBroker.Clustering.Tests;

public sealed class PostgresMembershipTableTests(PostgresMembershipTableTests.Database database)
    : MembershipTableContract, IClassFixture<PostgresMembershipTableTests.Database>
{
    private string _connectionString = string.Empty;

    protected override DateTimeOffset Later => new(Start.AddMinutes(1));

    public override async ValueTask InitializeAsync() => _connectionString = await database.Server.CreateSchemaAsync();

    [Fact]
    public async Task Cleanup_DeadWhoWasVotedOnLater_Stays()
    {
        var table = await OpenAsync();
        var entry = Silo(1, SiloStatus.Dead);
        entry.SuspectTimes = [Tuple.Create(Silo(2).SiloAddress, Start.AddHours(1))];
        await InsertAsync(table, entry);

        await table.CleanupDefunctSiloEntriesAsync(Later, Cancellation);

        Assert.Single((await table.ReadAllAsync(Cancellation)).Members);
    }

    [Fact]
    public async Task Initialize_TablesOfALaterProgram_AreRefusedByTheirFormat()
    {
        await OpenAsync();
        await ExecuteAsync("UPDATE broker_membership_format SET version = 2");

        var refusal = await Assert.ThrowsAsync<MembershipRefusedException>(() => OpenAsync());

        Assert.Contains("have format 2; this program knows format 1", refusal.Message, StringComparison.Ordinal);
    }

    protected override MembershipTable CreateTable(string cluster) => new PostgresMembershipTable(_connectionString, cluster, Log);

    protected override Task LoseVersionAsync(string cluster) => ExecuteAsync($"DELETE FROM broker_cluster WHERE cluster = '{cluster}'");

    protected override Task SpoilAsync(string cluster, SiloAddress silo) =>
        ExecuteAsync($"UPDATE broker_silo SET suspectors = ARRAY['x'] WHERE cluster = '{cluster}' AND generation = {silo.Generation}");

    [SuppressMessage("Security", "CA2100", Justification = "The tests' own names.")]
    private async Task ExecuteAsync(string statement)
    {
        await using var source = NpgsqlDataSource.Create(_connectionString);
        await using var command = source.CreateCommand(statement);
        Assert.NotEqual(0, await command.ExecuteNonQueryAsync(Cancellation));
    }

    /// <summary>One server for all tests.</summary>
    public sealed class Database : IAsyncLifetime
    {
        public PostgresServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Server = await PostgresServer.CreateAsync();

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }
}
