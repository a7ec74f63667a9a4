using System.Collections.Immutable;
using System.Text;
using OrleansBroker.Storage.Journals;
using OrleansBroker.Storage.Memory;

namespace OrleansBroker.Storage.Tests.Memory;

public sealed class MemoryRecordsTests
{
    /// <summary>Few keys stay without a table, many have one; both while the log is compacted and the slots are renewed.</summary>
    [Theory]
    [InlineData(6)]
    [InlineData(40)]
    [InlineData(3_000)]
    public void Apply_AnySequence_KeepsTheLastOfEachKeyInOrderOfLastWrite(int keys)
    {
        var random = new Random(keys);
        var records = new MemoryRecords();
        var expected = new List<(string Key, string Text)>();
        for (var step = 0; step < 20_000; step++)
        {
            var key = KeyOf(random.Next(keys));
            expected.RemoveAll(record => record.Key == key);
            // More is written than removed for a while, and then the other way round.
            if (random.Next(10) < (step / 5_000 % 2 == 0 ? 2 : 8))
            {
                Remove(records, key);
                continue;
            }

            var value = new string((char)('a' + random.Next(26)), random.Next(40));
            var payload = PayloadOf(random, key);
            Put(records, key, value, payload);
            expected.Add((key, TextOf(key, value, payload)));
            if (step % 1_000 == 0) Assert.Equal(expected.Select(static record => record.Text), All(records));
        }

        Assert.Equal(expected.Select(static record => record.Text), All(records));
        var asked = expected.Where((_, i) => i % 3 == 0).Reverse().ToList();
        Assert.Equal(asked.Select(static record => record.Text), Read(records, asked.Select(static record => record.Key)));
    }

    /// <summary>The key of a retained message is one byte and its topic, with which the payload begins.</summary>
    [Fact]
    public void Apply_KeyStandsInPayload_IsNotStoredAgain()
    {
        const int Topics = 1_000;
        var (inPayload, apart) = (new MemoryRecords(), new MemoryRecords());
        for (var i = 0; i < Topics; i++)
        {
            var topic = $"site/device-{i:D5}/temperature";
            Put(inPayload, "t" + topic, "v", ImmutableArray.Create(Encoding.UTF8.GetBytes(topic + "21.5")));
            Put(apart, "t" + topic, "v", ImmutableArray.Create(Encoding.UTF8.GetBytes("21.5" + topic)));
        }

        Assert.Equal($"tsite/device-00007/temperature=v+site/device-00007/temperature21.5", All(inPayload)[7]);
        Assert.Equal([All(inPayload)[^1]], Read(inPayload, ["tsite/device-00999/temperature", "tsite/device-0099", "usite/device-00999/temperature"]));
        Assert.InRange(apart.AllocatedBytes - inPayload.AllocatedBytes, Topics * 20, long.MaxValue);
        for (var i = 0; i < Topics - 1; i++)
            Remove(inPayload, $"tsite/device-{i:D5}/temperature");
        Assert.Equal("tsite/device-00999/temperature=v+site/device-00999/temperature21.5", Assert.Single(All(inPayload)));
    }

    [Fact]
    public void Apply_LongQueueDrained_GivesItsMemoryBack()
    {
        var records = new MemoryRecords();
        Put(records, "header", "session");
        var idle = records.AllocatedBytes;
        for (var i = 0; i < 10_000; i++)
            Put(records, "m" + i, "message", ImmutableArray<byte>.Empty);
        var full = records.AllocatedBytes;
        for (var i = 0; i < 10_000; i++)
            Remove(records, "m" + i);

        Assert.InRange(idle, 1, 256);
        Assert.InRange(full, 400_000, 600_000); // 10 + 5 + 7 bytes in the log, 16 of a slot and 2 to 4 of the table, and what growing leaves
        Assert.InRange(records.AllocatedBytes, 1, 8_192);
        Assert.Equal(["header=session"], All(records));
    }

    [Fact]
    public void Apply_PutAndRemovedAgainAndAgain_StaysSmall()
    {
        var records = new MemoryRecords();
        Put(records, "header", "session");
        for (var i = 0; i < 10_000; i++)
        {
            Put(records, "m" + i, "message", ImmutableArray<byte>.Empty);
            Put(records, "i" + i, "identifier");
            Remove(records, "m" + i);
            Remove(records, "i" + i);
        }

        Assert.InRange(records.AllocatedBytes, 1, 4_096);
        Remove(records, "header");
        Assert.Empty(All(records));
    }

    private static string KeyOf(int number) => number % 3 == 0 ? $"t{number}/topic" : $"k{number}";

    /// <summary>None, one of its own, or one that begins with the key.</summary>
    private static ImmutableArray<byte> PayloadOf(Random random, string key) => random.Next(3) switch
    {
        0 => default,
        1 => ImmutableArray.Create("payload"u8),
        _ => ImmutableArray.Create(Encoding.UTF8.GetBytes(key[1..] + "payload")),
    };

    private static void Put(MemoryRecords records, string key, string value, ImmutableArray<byte> payload = default) => records.Apply(new JournalRecord
    {
        Key = Encoding.UTF8.GetBytes(key),
        Value = Encoding.UTF8.GetBytes(value),
        HasPayload = !payload.IsDefault,
        Payload = payload,
    });

    private static void Remove(MemoryRecords records, string key) =>
        records.Apply(new JournalRecord { Key = Encoding.UTF8.GetBytes(key), Value = [], IsRemoval = true });

    private static List<string> All(MemoryRecords records)
    {
        var log = new Texts();
        records.Replay(log);
        return log.Records;
    }

    private static List<string> Read(MemoryRecords records, IEnumerable<string> keys)
    {
        var log = new Texts();
        records.Replay([.. keys.Select(static key => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(key))], log);
        return log.Records;
    }

    private static string TextOf(string key, string value, ImmutableArray<byte> payload) =>
        $"{key}={value}{(payload.IsDefault ? "" : "+" + Encoding.UTF8.GetString(payload.AsSpan()))}";

    private sealed class Texts : IJournalReplay
    {
        public List<string> Records { get; } = [];

        public void Replay(in JournalRecord record) =>
            Records.Add(TextOf(Encoding.UTF8.GetString(record.Key), Encoding.UTF8.GetString(record.Value), record.Payload));
    }
}
