using System.Runtime.CompilerServices;

namespace OrleansBroker.Broker.Topics;

/// <summary>One level of a topic name or topic filter, as the tree compares it: its first sixteen bytes and the rest.</summary>
internal readonly ref struct TopicLevel
{
    public const byte Separator = (byte)'/';
    public const byte SingleLevelWildcard = (byte)'+';
    public const byte MultiLevelWildcard = (byte)'#';
    /// <summary>First byte of the topics that a leading wildcard does not match.</summary>
    public const byte ReservedPrefix = (byte)'$';

    /// <summary>The first bytes, at most eight, little-endian, the missing ones zero.</summary>
    public readonly ulong Head;
    /// <summary>The next eight bytes, likewise.</summary>
    public readonly ulong Second;
    /// <summary>The bytes after the first sixteen.</summary>
    public readonly ReadOnlySpan<byte> Tail;
    /// <summary>0..65,535 bytes: MQTT strings are no longer (MQTT5 section 1.5.4).</summary>
    public readonly ushort Length;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TopicLevel(ReadOnlySpan<byte> rest, int length)
    {
        Head = SeededHash.ReadHead(rest, length);
        if (length > sizeof(ulong))
        {
            Second = SeededHash.ReadHead(rest[sizeof(ulong)..], length - sizeof(ulong));
            Tail = length > TopicNode.InPlaceBytes ? rest[TopicNode.InPlaceBytes..length] : default;
        }

        Length = (ushort)length;
    }

    /// <summary>Computed at each call: levels below a node with one child need none.</summary>
    public ulong Hash() => SeededHash.OfWordsAndTail(Head, Second, Length, Tail);

    /// <summary>Reads the level that begins at <paramref name="start"/>, at most <c>key.Length</c>: then it is empty.</summary>
    /// <param name="next">Where the next level begins; <c>key.Length + 1</c> after the last one.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TopicLevel Read(ReadOnlySpan<byte> key, int start, out int next)
    {
        var rest = key[start..];
        var length = rest.IndexOf(Separator);
        if (length < 0)
            length = rest.Length;
        next = start + length + 1;
        return new TopicLevel(rest, length);
    }
}
