using Microsoft.Extensions.Time.Testing;
using OrleansBroker.Grains.Time;
using OrleansBroker.Storage.Journals;
using OrleansBroker.Storage.Memory;

namespace OrleansBroker.Grains.Tests.Records;

/// <summary>A journal in a memory store at a fixed time, and what is in it: key, value and payload in hexadecimal digits.</summary>
internal sealed class RecordedJournal : IJournalOwner, IAsyncDisposable
{
    /// <summary>2026-01-01T00:00:00Z; little-endian <c>00a8da769b010000</c>.</summary>
    public const long UtcMilliseconds = 1_767_225_600_000;

    private static readonly JournalId Id = new("test", "a");

    private readonly MemoryJournalStore _store = new();
    private readonly JournalWriter _writer;

    private RecordedJournal()
    {
        Clock = new BrokerClock(new FakeTimeProvider(DateTimeOffset.FromUnixTimeMilliseconds(UtcMilliseconds)));
        _writer = new JournalWriter(_store, WriterId.New(), TimeProvider.System);
    }

    public BrokerClock Clock { get; }

    public Journal Journal { get; private set; } = null!;

    public static async Task<RecordedJournal> OpenAsync()
    {
        var opened = new RecordedJournal();
        opened.Journal = (await opened._writer.OpenAsync(Id, opened, new Records([]), CancellationToken.None)).Journal;
        return opened;
    }

    /// <summary>What was appended is in the store.</summary>
    public Task WrittenAsync() => _writer.WhenIdleAsync(TestContext.Current.CancellationToken);

    /// <summary>Everything that is stored, in the order of writing.</summary>
    public async Task<List<(string Key, string Value, string? Payload)>> ReadAsync()
    {
        var records = new List<(string, string, string?)>();
        await ReplayAsync(new Records(records));
        return records;
    }

    public async Task ReplayAsync(IJournalReplay replay)
    {
        await WrittenAsync();
        await _store.OpenAsync(Id, WriterId.New(), replay, TestContext.Current.CancellationToken);
    }

    public async Task ReadAsync(IReadOnlyList<ReadOnlyMemory<byte>> keys, IJournalReplay replay) => await _store.ReadAsync(Id, keys, replay, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        await _store.DisposeAsync();
    }

    void IJournalOwner.Committed(ulong number)
    {
        // The test waits until the writer is idle.
    }

    void IJournalOwner.Fenced()
    {
        // Reading opens the journal anew; nothing follows.
    }

    private sealed class Records(List<(string Key, string Value, string? Payload)> records) : IJournalReplay
    {
        public void Replay(in JournalRecord record) =>
            records.Add((Hex.Of(record.Key), Hex.Of(record.Value), record.Payload.IsDefault ? null : Hex.Of(record.Payload.AsSpan())));
    }
}
