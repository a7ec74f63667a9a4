using System.Collections.Immutable;
using Npgsql;
using OrleansBroker.Storage.Journals;
using OrleansBroker.Storage.Postgres;
using OrleansBroker.Storage.Tests.Journals;

namespace OrleansBroker.Storage.Tests.Postgres;

public sealed class PostgresJournalStoreTests(PostgresFixture fixture) : JournalStoreContract, IClassFixture<PostgresFixture>
{
    private string _connectionString = string.Empty;

    [Fact]
    public async Task Open_TablesOfALaterProgram_AreRefusedByTheirFormat()
    {
        await ExecuteAsync("UPDATE broker_format SET version = 2");
        var refusal = await Assert.ThrowsAsync<StoreRefusedException>(() => OpenStoreAsync());
        Assert.Contains("have format 2; this program knows format 1", refusal.Message, StringComparison.Ordinal);
        await ExecuteAsync("UPDATE broker_format SET version = 1");
        await (await OpenStoreAsync()).DisposeAsync();
    }

    [Fact]
    public async Task Open_OtherNumberOfBuckets_IsRefused()
    {
        var refusal = await Assert.ThrowsAsync<StoreRefusedException>(() => OpenStoreAsync(buckets: 8));
        Assert.Contains("created with 64 buckets", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    public async Task Open_TablesOfThatFormat_HaveAllThatWasStored(int format)
    {
        var path = StoreFixture.PathOf($"postgres-{format}.sql");
        if (StoreFixture.MustBeWritten(path))
        {
            await StoreFixture.WriteAsync(Store);
            var schema = new NpgsqlConnectionStringBuilder(_connectionString).SearchPath!;
            var lines = (await fixture.Server.DumpAsync(schema)).Split('\n').Where(static line => !line.StartsWith('\\')); // psql's own words, which older ones do not know
            var sql = string.Join('\n', lines).Replace(schema + ".", "fixture.", StringComparison.Ordinal).Replace("SCHEMA " + schema, "SCHEMA fixture", StringComparison.Ordinal);
            await File.WriteAllTextAsync(path, sql, Cancellation);
        }

        // Where the server's user may read it.
        var copy = Path.Combine(Path.GetTempPath(), $"orleans-broker-fixture-{Guid.NewGuid():N}.sql");
        File.Copy(path, copy);
        await fixture.Server.ExecuteAsync(copy);
        File.Delete(copy);
        _connectionString = $"{fixture.Server.ConnectionString()};Search Path=fixture";
        await using var store = await OpenStoreAsync();
        await StoreFixture.AssertReadAsync(store);
    }

    [Theory]
    [InlineData("", 12)]
    [InlineData(";Maximum Pool Size=5", 5)]
    public async Task Read_ByMoreAtOnceThanTheServerWouldBear_SharesItsConnections(string setting, int most)
    {
        _connectionString = await fixture.Server.CreateSchemaAsync() + setting;
        await using var store = await OpenStoreAsync();
        await Task.WhenAll(Enumerable.Range(0, 400).Select(i => Task.Run(() =>
            store.ReadAsync(new JournalId("session", $"{i}"), [new byte[] { 1 }], new RecordLog(), Cancellation).AsTask())));

        await using var source = NpgsqlDataSource.Create(fixture.Server.ConnectionString());
        await using var command = source.CreateCommand("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'orleans-broker'");
        // The lease has some of its own.
        Assert.InRange((long)(await command.ExecuteScalarAsync(Cancellation))!, 1, most + 4);
    }

    [Fact]
    public async Task Open_ManyNodesAtOnceInAnEmptySchema_AllSucceed()
    {
        _connectionString = await fixture.Server.CreateSchemaAsync();
        var stores = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => OpenStoreAsync()));
        foreach (var store in stores) await store.DisposeAsync();
    }

    [Fact]
    public async Task Sweep_PayloadThatNoRecordNames_IsForgottenAndOthersStay()
    {
        var payload = ImmutableArray.Create(new byte[2_000]);
        var first = await OpenAsync(Session("a"));
        var second = await OpenAsync(Session("b"));
        await Store.CommitAsync(
            [Row(Session("a"), first).Put("k", "v", payload).Build(), Row(Session("b"), second).Put("k", "v", payload).Build()], Cancellation);
        Assert.Equal(1, await CountAsync("broker_payload"));

        await CommitAllAsync(Row(Session("a"), first, 2).Remove("k"));
        await ((PostgresJournalStore)Store).SweepOnceAsync(Cancellation);
        Assert.Equal(1, await CountAsync("broker_payload"));

        await CommitAllAsync(Row(Session("b"), second, 2).Remove("k"));
        await ((PostgresJournalStore)Store).SweepOnceAsync(Cancellation);
        Assert.Equal(0, await CountAsync("broker_payload"));
    }

    [Fact]
    public async Task Sweep_LeaseThatEndedYesterday_IsForgottenAndOthersStay()
    {
        var gone = WriterId.New();
        await Store.Leases.RenewAsync(gone, Long, Cancellation);
        await Store.Leases.RenewAsync(Writer, Long, Cancellation);
        await ExecuteAsync($"UPDATE broker_lease SET until = now() - interval '25 hours' WHERE writer = '{gone.Value}'");
        await ((PostgresJournalStore)Store).SweepOnceAsync(Cancellation);
        Assert.Equal(1, await CountAsync("broker_lease"));
        Assert.True(await Store.Leases.RemainingAsync(Writer, Cancellation) > TimeSpan.Zero);
    }

    [Fact]
    public async Task Renew_ServerRestartedMeanwhile_GoesOnAndTheLeaseHasLived()
    {
        await Store.Leases.RenewAsync(Writer, Long, Cancellation);
        await fixture.Server.StopAsync();
        await Assert.ThrowsAnyAsync<NpgsqlException>(async () => await Store.Leases.RenewAsync(Writer, Long, Cancellation));
        await fixture.Server.StartAsync();
        await using var other = await OpenStoreAsync();
        Assert.True(await other.Leases.RemainingAsync(Writer, Cancellation) > TimeSpan.Zero);
        await Store.Leases.RenewAsync(Writer, Long, Cancellation);
    }

    [Fact]
    public async Task Commit_ServerRestartedMeanwhile_GoesOn()
    {
        var opening = await OpenAsync(Session("a"));
        await CommitAllAsync(Row(Session("a"), opening).Put("k", "1"));
        await fixture.Server.StopAsync();
        var row = Row(Session("a"), opening, 2).Put("k", "2").Build();
        await Assert.ThrowsAnyAsync<NpgsqlException>(async () => await Store.CommitAsync([row], Cancellation));
        Assert.Equal(JournalOutcome.Unknown, row.Outcome);

        await fixture.Server.StartAsync();
        while (row.Outcome == JournalOutcome.Unknown) await TryCommitAsync(row);
        Assert.Equal(JournalOutcome.Committed, row.Outcome);
        Assert.Equal(["k=2"], await ReplayAsync(Session("a")));
    }

    protected override async ValueTask<IJournalStore> CreateAsync()
    {
        _connectionString = await fixture.Server.CreateSchemaAsync();
        return await OpenStoreAsync();
    }

    protected override async ValueTask<IJournalStore> ReopenAsync(IJournalStore store)
    {
        await store.DisposeAsync();
        return await OpenStoreAsync();
    }

    private Task<PostgresJournalStore> OpenStoreAsync(int buckets = 64) =>
        PostgresJournalStore.OpenAsync(new PostgresStoreOptions { ConnectionString = _connectionString, Layout = new StoreLayout(buckets) }, TimeProvider.System, Cancellation);

    private async Task TryCommitAsync(JournalAppend row)
    {
        try
        {
            await Store.CommitAsync([row], Cancellation);
        }
        catch (NpgsqlException)
        {
            // A pooled connection of the server before.
        }
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(_connectionString);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancellation);
    }

    private async Task<long> CountAsync(string table)
    {
        await using var source = NpgsqlDataSource.Create(_connectionString);
        await using var command = source.CreateCommand("SELECT count(*) FROM " + table);
        return (long)(await command.ExecuteScalarAsync(Cancellation))!;
    }
}
