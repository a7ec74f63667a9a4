using System.Text;
using OrleansBroker.Storage.Journals;
using RocksDbSharp;

namespace OrleansBroker.Storage.Embedded;

/// <summary>
/// The number of the format that a store is in: a store of a later program is refused by name, not misread.
/// <code>
/// format = version:u8 layout     the text of <see cref="StoreLayout"/> in UTF-8
/// </code>
/// </summary>
internal static class EmbeddedFormat
{
    public const byte Version = 1;

    /// <exception cref="StoreRefusedException">The store is of a later program, or has another layout.</exception>
    public static void Check(RocksDb database, string path, StoreLayout layout)
    {
        var found = database.Get(EmbeddedKeys.Format);
        if (found is null)
        {
            byte[] format = [Version, .. Encoding.UTF8.GetBytes(layout.Text)];
            database.Put(EmbeddedKeys.Format, format);
            return;
        }

        if (found is not [Version, .. var text])
            throw new StoreRefusedException($"The store at '{path}' has format {Convert.ToHexString(found[..Math.Min(1, found.Length)])}; this program knows format {Version:X2}. Start the program that wrote it, or a later one.");
        layout.Check($"The store at '{path}'", Encoding.UTF8.GetString(text));
    }
}
