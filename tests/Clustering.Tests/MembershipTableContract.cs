using System.Globalization;
using System.Net;

namespace OrleansBroker.Clustering.Tests;

/// <summary>What every membership table must do. Each test has tables of its own.</summary>
public abstract class MembershipTableContract : IAsyncLifetime
{
    protected static readonly DateTime Start = new(2026, 11, 26, 12, 0, 0, DateTimeKind.Utc);

    private readonly List<MembershipTable> _tables = [];

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected RecordingLog Log { get; } = new();

    /// <summary>As a node of its own would make it.</summary>
    protected abstract MembershipTable CreateTable(string cluster);

    /// <summary>Deletes the cluster's version behind the table's back.</summary>
    protected abstract Task LoseVersionAsync(string cluster);

    /// <summary>Makes a silo's row one that nobody can read.</summary>
    protected abstract Task SpoilAsync(string cluster, SiloAddress silo);

    /// <summary>A moment after all that has been written.</summary>
    protected abstract DateTimeOffset Later { get; }

    public abstract ValueTask InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var table in _tables) await table.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Initialize_ByManyAtOnce_OneVersion0AndNoRows()
    {
        var tables = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => OpenAsync(), Cancellation)));

        var read = await tables[3].ReadAllAsync(Cancellation);
        Assert.Equal(0, read.Version.Version);
        Assert.NotEmpty(read.Version.VersionEtag);
        Assert.Empty(read.Members);
    }

    [Fact]
    public async Task Initialize_Again_LeavesWhatIsThere()
    {
        var table = await OpenAsync();
        await InsertAsync(table, Silo(1));

        var read = await (await OpenAsync()).ReadAllAsync(Cancellation);

        Assert.Equal(1, read.Version.Version);
        Assert.Single(read.Members);
    }

    [Fact]
    public async Task Insert_EveryField_IsReadBack()
    {
        var table = await OpenAsync();
        var entry = Silo(1, SiloStatus.Joining, IPAddress.Parse("2001:db8::7"));
        (entry.ProxyPort, entry.HostName, entry.SiloName, entry.RoleName, entry.UpdateZone, entry.FaultZone) = (30_001, "host", "name", "role", 3, 4);
        entry.SuspectTimes = [Tuple.Create(Silo(8).SiloAddress, Start.AddSeconds(8)), Tuple.Create(Silo(9).SiloAddress, Start.AddSeconds(9))];

        await InsertAsync(table, entry);

        Assert.Equal(Describe(entry), Describe(Assert.Single((await table.ReadAllAsync(Cancellation)).Members).Item1));
        Assert.Equal(Describe(entry), Describe(Assert.Single((await table.ReadRowAsync(entry.SiloAddress, Cancellation)).Members).Item1));
        Assert.Empty((await table.ReadRowAsync(Silo(2).SiloAddress, Cancellation)).Members);
    }

    [Fact]
    public async Task Insert_RowIsThere_IsRefusedAndNothingChanges()
    {
        var table = await OpenAsync();
        await InsertAsync(table, Silo(1, SiloStatus.Active));
        var before = await table.ReadAllAsync(Cancellation);

        Assert.False(await table.InsertRowAsync(Silo(1, SiloStatus.Dead), before.Version.Next(), Cancellation));

        var after = await table.ReadAllAsync(Cancellation);
        Assert.Equal(before.Version, after.Version);
        Assert.Equal(SiloStatus.Active, Assert.Single(after.Members).Item1.Status);
    }

    [Fact]
    public async Task Insert_OldVersion_IsRefusedAndNothingChanges()
    {
        var table = await OpenAsync();
        var old = await table.ReadAllAsync(Cancellation);
        await InsertAsync(table, Silo(1));
        var before = await table.ReadAllAsync(Cancellation);

        Assert.False(await table.InsertRowAsync(Silo(2), old.Version.Next(), Cancellation));

        var after = await table.ReadAllAsync(Cancellation);
        Assert.Equal(before.Version, after.Version);
        Assert.Single(after.Members);
    }

    [Fact]
    public async Task Update_CurrentTags_ChangesRowAndVersion()
    {
        var table = await OpenAsync();
        await InsertAsync(table, Silo(1, SiloStatus.Joining));
        var before = await table.ReadAllAsync(Cancellation);

        Assert.True(await table.UpdateRowAsync(Silo(1, SiloStatus.Active), before.Members[0].Item2, before.Version.Next(), Cancellation));

        var after = await table.ReadAllAsync(Cancellation);
        Assert.Equal(2, after.Version.Version);
        Assert.NotEqual(before.Version.VersionEtag, after.Version.VersionEtag);
        Assert.Equal(SiloStatus.Active, Assert.Single(after.Members).Item1.Status);
    }

    [Fact]
    public async Task Update_OldTags_IsRefusedAndNothingChanges()
    {
        var table = await OpenAsync();
        await InsertAsync(table, Silo(1, SiloStatus.Joining));
        var old = await table.ReadAllAsync(Cancellation);
        Assert.True(await table.UpdateRowAsync(Silo(1, SiloStatus.Active), old.Members[0].Item2, old.Version.Next(), Cancellation));
        var before = await table.ReadAllAsync(Cancellation);

        Assert.False(await table.UpdateRowAsync(Silo(1, SiloStatus.Dead), old.Members[0].Item2, old.Version.Next(), Cancellation));
        Assert.False(await table.UpdateRowAsync(Silo(2, SiloStatus.Dead), before.Members[0].Item2, before.Version.Next(), Cancellation));

        var after = await table.ReadAllAsync(Cancellation);
        Assert.Equal(before.Version, after.Version);
        Assert.Equal(SiloStatus.Active, Assert.Single(after.Members).Item1.Status);
    }

    [Fact]
    public async Task Insert_ByManyFromOneVersion_OneSucceeds()
    {
        const int Writers = 6;
        const int Rounds = 5;
        var tables = await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => OpenAsync()));
        for (var round = 0; round < Rounds; round++)
        {
            var version = (await tables[0].ReadAllAsync(Cancellation)).Version.Next();
            var first = 1 + (round * Writers);
            var won = await Task.WhenAll(tables.Select((table, i) => Task.Run(() => table.InsertRowAsync(Silo(first + i), version, Cancellation), Cancellation)));
            Assert.Single(won, static success => success);
        }

        Assert.Equal((Rounds, Rounds), await CountAsync(tables[0]));
    }

    [Fact]
    public async Task Update_ByManyFromOneVersion_OneSucceedsAndItsStatusStands()
    {
        var tables = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => OpenAsync()));
        await InsertAsync(tables[0], Silo(1));
        SiloStatus[] wanted = [SiloStatus.Joining, SiloStatus.Active, SiloStatus.ShuttingDown, SiloStatus.Dead];
        var before = await tables[0].ReadAllAsync(Cancellation);

        var won = await Task.WhenAll(tables.Select((table, i) => Task.Run(
            () => table.UpdateRowAsync(Silo(1, wanted[i]), before.Members[0].Item2, before.Version.Next(), Cancellation), Cancellation)));

        Assert.Single(won, static success => success);
        var after = await tables[0].ReadAllAsync(Cancellation);
        Assert.Equal(wanted[won.IndexOf(true)], Assert.Single(after.Members).Item1.Status);
        Assert.Equal(2, after.Version.Version);
    }

    [Fact]
    public async Task ReadAll_WhileOthersChange_IsOfOneMoment()
    {
        const int Rows = 40;
        var table = await OpenAsync();
        using var read = new SemaphoreSlim(0);
        var writing = Task.Run(async () =>
        {
            var writer = await OpenAsync();
            for (var row = 1; row <= Rows; row++)
            {
                await InsertAsync(writer, Silo(row));
                // Now and then it lets the reader come to an end.
                if (row % 10 == 0) await read.WaitAsync(Cancellation);
            }
        }, Cancellation);

        for (var last = 0; last < Rows;)
        {
            var seen = await TryReadAllAsync(table);
            if (seen is null) continue;
            // Every version adds a row.
            Assert.Equal(seen.Version.Version, seen.Members.Count);
            Assert.True(seen.Version.Version >= last);
            last = seen.Version.Version;
            read.Release();
        }

        await writing;
    }

    [Fact]
    public async Task ReadAll_ManyRows_AllOfThem()
    {
        const int Rows = 130;
        var table = await OpenAsync();
        for (var row = 1; row <= Rows; row++) await InsertAsync(table, Silo(row));

        var read = await (await OpenAsync()).ReadAllAsync(Cancellation);

        Assert.Equal(Rows, read.Version.Version);
        Assert.Equal(Enumerable.Range(1, Rows), read.Members.Select(static member => member.Item1.SiloAddress.Generation).Order());
    }

    [Fact]
    public async Task UpdateIAmAlive_OfARow_ChangesThatAloneAndIsNoConflict()
    {
        var table = await OpenAsync();
        await InsertAsync(table, Silo(1, SiloStatus.Active));
        var before = await table.ReadAllAsync(Cancellation);
        var beat = Silo(1, SiloStatus.Dead);
        beat.IAmAliveTime = Start.AddMinutes(5);

        await table.UpdateIAmAliveAsync(beat, Cancellation);

        var after = await table.ReadAllAsync(Cancellation);
        Assert.Equal(before.Version, after.Version);
        var row = Assert.Single(after.Members).Item1;
        Assert.Equal((SiloStatus.Active, Start.AddMinutes(5)), (row.Status, row.IAmAliveTime));
        row.Status = SiloStatus.ShuttingDown;
        Assert.True(await table.UpdateRowAsync(row, before.Members[0].Item2, before.Version.Next(), Cancellation));
    }

    [Fact]
    public async Task UpdateIAmAlive_RowIsGone_SaysSo()
    {
        var table = await OpenAsync();

        var lost = await Assert.ThrowsAsync<MembershipLostException>(() => table.UpdateIAmAliveAsync(Silo(1), Cancellation));

        Assert.Contains(Silo(1).SiloAddress.ToString(), lost.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cleanup_DeadOfLongAgo_AreForgottenAndNobodyElse()
    {
        var table = await OpenAsync();
        await InsertAsync(table, Silo(1, SiloStatus.Active));
        await InsertAsync(table, Silo(2, SiloStatus.Dead));
        await InsertAsync(table, Silo(3, SiloStatus.ShuttingDown));
        var version = (await table.ReadAllAsync(Cancellation)).Version;

        await table.CleanupDefunctSiloEntriesAsync(new DateTimeOffset(Start.AddMinutes(-1)), Cancellation);
        Assert.Equal(3, (await table.ReadAllAsync(Cancellation)).Members.Count);
        await table.CleanupDefunctSiloEntriesAsync(Later, Cancellation);

        var read = await table.ReadAllAsync(Cancellation);
        Assert.Equal([1, 3], read.Members.Select(static member => member.Item1.SiloAddress.Generation).Order());
        Assert.Equal(version, read.Version);
    }

    [Fact]
    public async Task Clusters_InOneDatabase_SeeNothingOfEachOther()
    {
        var ours = await OpenAsync();
        var theirs = await OpenAsync("theirs");
        await InsertAsync(ours, Silo(1, SiloStatus.Dead));
        await InsertAsync(theirs, Silo(1, SiloStatus.Dead));
        await InsertAsync(theirs, Silo(2, SiloStatus.Active));

        await ours.CleanupDefunctSiloEntriesAsync(Later, Cancellation);
        await ours.DeleteMembershipTableEntriesAsync("ours", Cancellation);

        Assert.Equal((2, 2), await CountAsync(theirs));
        await ours.InitializeMembershipTableAsync(true, Cancellation);
        Assert.Equal((0, 0), await CountAsync(ours));
    }

    [Fact]
    public async Task Read_VersionIsGone_SaysSo()
    {
        var table = await OpenAsync();
        await InsertAsync(table, Silo(1));
        await LoseVersionAsync("ours");

        var lost = await Assert.ThrowsAsync<MembershipLostException>(() => table.ReadAllAsync(Cancellation));

        Assert.Contains("'ours'", lost.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<MembershipLostException>(() => table.ReadRowAsync(Silo(1).SiloAddress, Cancellation));
    }

    [Fact]
    public async Task Read_RowThatNobodyCanRead_IsLeftOutWithALine()
    {
        var table = await OpenAsync();
        await InsertAsync(table, Silo(1));
        await InsertAsync(table, Silo(2));
        await SpoilAsync("ours", Silo(1).SiloAddress);

        var read = await table.ReadAllAsync(Cancellation);

        Assert.Equal(2, Assert.Single(read.Members).Item1.SiloAddress.Generation);
        Assert.Contains("127.0.0.1", Assert.Single(Log.Lines), StringComparison.Ordinal);
    }

    protected static MembershipEntry Silo(int number, SiloStatus status = SiloStatus.Created, IPAddress? address = null) => new()
    {
        SiloAddress = SiloAddress.New(address ?? IPAddress.Loopback, 11_000 + number, number),
        Status = status,
        HostName = "host",
        SiloName = "silo",
        RoleName = "",
        SuspectTimes = [],
        StartTime = Start,
        IAmAliveTime = Start,
    };

    protected async Task<MembershipTable> OpenAsync(string cluster = "ours")
    {
        var table = CreateTable(cluster);
        lock (_tables) _tables.Add(table);
        await table.InitializeMembershipTableAsync(true, Cancellation);
        return table;
    }

    /// <summary>From the version that is there.</summary>
    protected static async Task InsertAsync(MembershipTable table, MembershipEntry entry)
    {
        var read = await table.ReadRowAsync(entry.SiloAddress, Cancellation);
        Assert.True(await table.InsertRowAsync(entry, read.Version.Next(), Cancellation));
    }

    /// <summary>Null when the table changed faster than it could be read.</summary>
    private static async Task<MembershipTableData?> TryReadAllAsync(MembershipTable table)
    {
        try
        {
            return await table.ReadAllAsync(Cancellation);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    private static async Task<(int Version, int Rows)> CountAsync(MembershipTable table)
    {
        var read = await table.ReadAllAsync(Cancellation);
        return (read.Version.Version, read.Members.Count);
    }

    private static string Describe(MembershipEntry entry) => string.Create(
        CultureInfo.InvariantCulture,
        $"{entry.SiloAddress.ToParsableString()} {entry.Status} {entry.ProxyPort} {entry.HostName} {entry.SiloName} {entry.RoleName} {entry.UpdateZone} {entry.FaultZone} "
        + $"{string.Join(';', (entry.SuspectTimes ?? []).Select(static suspect => $"{suspect.Item1.ToParsableString()} {suspect.Item2:O}"))} {entry.StartTime:O} {entry.IAmAliveTime:O}");
}
