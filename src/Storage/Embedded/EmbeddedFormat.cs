using OrleansBroker.Storage.Journals;
using RocksDbSharp;

namespace OrleansBroker.Storage.Embedded;

/// <summary>The number of the format that a store is in: a store of a later program is refused by name, not misread.</summary>
internal static class EmbeddedFormat
{
    public const byte Version = 1;

    /// <exception cref="StoreRefusedException">The store is of a later program.</exception>
    public static void Check(RocksDb database, string path)
    {
        var found = database.Get(EmbeddedKeys.Format);
        if (found is null)
            database.Put(EmbeddedKeys.Format, new[] { Version });
        else if (found is not [Version])
            throw new StoreRefusedException($"The store at '{path}' has format {Convert.ToHexString(found)}; this program knows format {Version:X2}. Start the program that wrote it, or a later one.");
    }
}
