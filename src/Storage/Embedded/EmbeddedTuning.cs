using RocksDbSharp;

namespace OrleansBroker.Storage.Embedded;

/// <summary>RocksDB's settings, with the reason of each that is not its default.</summary>
internal static class EmbeddedTuning
{
    private const ulong Mebi = 1024 * 1024;

    /// <summary>Two of them, one being written out: most of a queue that a client fetches soon never reaches a table.</summary>
    private const ulong WriteBufferBytes = 64 * Mebi;

    /// <summary>Blocks of tables that are read: replays read each block once.</summary>
    private const ulong BlockCacheBytes = 32 * Mebi;

    /// <summary>A log is kept until what stands in it is in tables: this bounds the time that opening takes.</summary>
    private const ulong MaxLogBytes = 256 * Mebi;

    /// <summary>Bits of the filter for each key: 1 % of the tables are looked into in vain.</summary>
    private const int FilterBits = 10;

    public static DbOptions Options()
    {
        var table = new BlockBasedTableOptions()
            .SetBlockCache(Cache.CreateLru(BlockCacheBytes))
            .SetFilterPolicy(BloomFilterPolicy.Create(FilterBits, false));
        return new DbOptions()
            .SetCreateIfMissing()
            .SetWriteBufferSize(WriteBufferBytes)
            .SetMaxWriteBufferNumber(3)
            .SetMaxTotalWalSize(MaxLogBytes)
            .SetMaxBackgroundCompactions(2)
            .SetCompression(Compression.Lz4)
            .SetBlockBasedTableFactory(table)
            .SetWalRecoveryMode(Recovery.PointInTime) // a write that the power cut short ends the log there; what was acknowledged is before it
            .SetKeepLogFileNum(4)
            .SetMaxLogFileSize(4 * Mebi)
            .SetMaxOpenFiles(256);
    }
}
