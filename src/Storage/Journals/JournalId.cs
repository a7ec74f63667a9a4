using System.Diagnostics;
using System.Text;
using OrleansBroker.Storage.Records;

namespace OrleansBroker.Storage.Journals;

/// <summary>
/// Names a journal: a kind (<c>session</c>, <c>shard</c>) and a key within it (a client id, a shard number).
/// Kinds are 1 to 32 characters a to z; keys are 1 to <see cref="MaxKeyBytes"/> bytes of well-formed UTF-8 without NUL
/// (no store has to escape it, PostgreSQL's text could not hold it), otherwise arbitrary.
/// The order of journals is by kind, then by the UTF-8 bytes of the key, in every store.
/// </summary>
public readonly record struct JournalId : IComparable<JournalId>
{
    /// <summary>1,024 bytes of client id and as much again for what may stand before it (a tenant).</summary>
    public const int MaxKeyBytes = 2 * 1024;

    public const int MaxKindLength = 32;

    /// <exception cref="ArgumentException">Kind or key is not as stated above; client ids are checked before they come here.</exception>
    public JournalId(string kind, string key)
    {
        if (kind is not { Length: > 0 and <= MaxKindLength } || kind.AsSpan().ContainsAnyExceptInRange('a', 'z'))
            throw new ArgumentException("A kind is 1 to 32 characters a to z.", nameof(kind));
        if (!IsLegalKey(key))
            throw new ArgumentException("A key is 1 to 2,048 bytes of well-formed UTF-8 without NUL.", nameof(key));
        Kind = kind;
        Key = key;
    }

    private JournalId(string kind)
    {
        Kind = kind;
        Key = string.Empty;
    }

    public string Kind { get; }

    public string Key { get; }

    /// <summary>Whether a journal can have this key; for the edge that turns clients' strings into keys.</summary>
    public static bool IsLegalKey(string key)
    {
        if (key is not { Length: > 0 and <= MaxKeyBytes } || key.Contains('\0', StringComparison.Ordinal))
            return false;
        for (var rest = key.AsSpan(); !rest.IsEmpty;)
        {
            if (Rune.DecodeFromUtf16(rest, out _, out var used) != System.Buffers.OperationStatus.Done)
                return false; // half of a surrogate pair has no UTF-8
            rest = rest[used..];
        }

        return Encoding.UTF8.GetByteCount(key) <= MaxKeyBytes;
    }

    /// <summary>Smaller than every journal of the kind.</summary>
    internal static JournalId Before(string kind) => new(kind);

    /// <summary>Greater than every journal of the kind and smaller than those of any other: kinds hold no NUL.</summary>
    internal static JournalId After(string kind) => new(kind + '\0');

    /// <summary>The bucket of the due index, 0 to <paramref name="bucketCount"/> - 1: CRC-32C of <c>kind/key</c> in UTF-8. Stored: never changes.</summary>
    public int BucketOf(int bucketCount)
    {
        Debug.Assert(bucketCount > 0);
        Span<byte> text = stackalloc byte[MaxKindLength + 1 + MaxKeyBytes];
        var length = Encoding.UTF8.GetBytes(Kind, text);
        text[length++] = (byte)'/';
        length += Encoding.UTF8.GetBytes(Key, text[length..]);
        return (int)(Checksum.Of(text[..length]) % (uint)bucketCount);
    }

    public int CompareTo(JournalId other)
    {
        var byKind = string.CompareOrdinal(Kind, other.Kind);
        return byKind != 0 ? byKind : CompareAsUtf8(Key, other.Key);
    }

    public override string ToString() => Kind + "/" + Key;

    public static bool operator <(JournalId left, JournalId right) => left.CompareTo(right) < 0;

    public static bool operator <=(JournalId left, JournalId right) => left.CompareTo(right) <= 0;

    public static bool operator >(JournalId left, JournalId right) => left.CompareTo(right) > 0;

    public static bool operator >=(JournalId left, JournalId right) => left.CompareTo(right) >= 0;

    private static int CompareAsUtf8(string left, string right)
    {
        var same = left.AsSpan().CommonPrefixLength(right);
        if (same == left.Length || same == right.Length)
            return left.Length.CompareTo(right.Length);
        return Weight(left[same]).CompareTo(Weight(right[same]));

        // UTF-16 puts surrogates (4 bytes of UTF-8) before U+E000 to U+FFFF (3 bytes), UTF-8 after: swap the two ranges.
        static int Weight(char unit) => unit < 0xD800 ? unit : unit >= 0xE000 ? unit - 0x800 : unit + 0x2000;
    }
}
