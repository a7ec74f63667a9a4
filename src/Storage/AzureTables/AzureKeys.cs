using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Storage.AzureTables;

/// <summary>
/// Names in the table: of the partitions, and of the rows in them, which the service reads in ordinal order. Azure allows 512 characters a name and neither <c>/ \ # ?</c>
/// nor control characters, so bytes stand as hexadecimal digits, and of long ones the beginning and a hash; golden names in the tests.
/// <code>
/// header     = h!journal                       journal = kind!name     name = hex of up to 96 bytes of the key in UTF-8
/// row        = l!journal!number                        or hex of the first 96, ~ and the SHA-256 of all
/// record     = r!journal!generation!key        key = hex of up to 64 bytes, or ~ and the SHA-256
/// due        = d!second!journal
/// attached   = a!owner!journal                 owner = hex of UTF-16, big-endian: ordinal order
/// payload    = p!id
/// chunk      = b!id!number
/// garbage    = g!journal!generation
/// lease      = e!writer                        owner of a watched journal = o!journal
/// clock      = t!id
/// </code>
/// <c>!</c> comes before letters and digits and <c>~</c> after them: names are in the order of what they stand for, but for keys that begin with the same 96 bytes.
/// </summary>
internal static class AzureKeys
{
    /// <summary>The longest: <c>a!</c>, 50 characters of 4 digits, <c>!</c>, a kind of 32, <c>!</c>, 192 digits, <c>~</c>, 64 digits = 493 of 512.</summary>
    public const int MaxOwnerLength = 50;

    public const string FormatPartition = "format";
    public const string OwnersPartition = "owners";
    public const string LeasesPartition = "leases";

    /// <summary>Names of the format and of all headers of a kind begin with.</summary>
    public const string Format = "format";

    public const string Payloads = "p!";
    public const string Chunks = "b!";
    public const string Garbage = "g!";
    public const string Leases = "e!";
    public const string WatchedOwners = "o!";
    public const string Clocks = "t!";

    private const int MaxNamedBytes = 96;
    private const int MaxKeyBytes = 64;
    private const char Hashed = '~';

    /// <summary>Behind every name that begins with what stands before it.</summary>
    public const string End = "~~";

    public static string Partition(int bucket) => bucket.ToString("x4", CultureInfo.InvariantCulture);

    public static string Journal(JournalId journal)
    {
        var key = Encoding.UTF8.GetBytes(journal.Key);
        var name = key.Length <= MaxNamedBytes ? Hex(key) : Hex(key.AsSpan(0, MaxNamedBytes)) + Hashed + Hex(SHA256.HashData(key));
        return $"{journal.Kind}!{name}";
    }

    public static string Headers(string kind) => $"h!{kind}!";

    public static string Header(string journal) => $"h!{journal}";

    public static string Row(string journal, ulong number) => $"l!{journal}!{number:x16}";

    public static string Records(string journal, int generation) => $"r!{journal}!{generation:x8}!";

    public static string Record(string journal, int generation, ReadOnlySpan<byte> key) =>
        Records(journal, generation) + (key.Length <= MaxKeyBytes ? Hex(key) : Hashed + Hex(SHA256.HashData(key)));

    public static string Due(long second) => $"d!{second:x16}";

    public static string Due(long second, string journal) => $"d!{second:x16}!{journal}";

    public static string Owner(string owner) => Hex(Encoding.BigEndianUnicode.GetBytes(owner));

    public static string OwnerOf(string name) => Encoding.BigEndianUnicode.GetString(Convert.FromHexString(name));

    public static string Attached(string owner) => $"a!{Owner(owner)}!";

    public static string Attached(string owner, string journal) => Attached(owner) + journal;

    public static string Payload(Guid id) => $"{Payloads}{id:N}";

    public static string ChunksOf(Guid id) => $"{Chunks}{id:N}!";

    public static string Chunk(Guid id, int number) => $"{ChunksOf(id)}{number:x8}";

    public static string GarbageOf(string journal, int generation) => $"{Garbage}{journal}!{generation:x8}";

    public static string Lease(WriterId writer) => $"{Leases}{writer}";

    public static string WatchedOwner(JournalId journal) => $"{WatchedOwners}{Journal(journal)}";

    public static string Clock(Guid id) => $"{Clocks}{id:N}";

    /// <summary>The part of a name that orders it: names with the same and a hash are in no order.</summary>
    public static ReadOnlySpan<char> Ordered(ReadOnlySpan<char> name) => name.IndexOf(Hashed) is >= 0 and var end ? name[..end] : name;

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);
}
