using System.Numerics;
using OrleansBroker.Broker.Topics;

namespace OrleansBroker.Gateway.Connections;

/// <summary>
/// The Topic Aliases that one client has been told on this connection (MQTT5 section 3.3.2.3.4). A topic gets one when it is sent for the second time:
/// what comes once costs a number in a fixed table and no memory of its own. When all are given, one that was not used lately is set anew (clock).
/// Used under the connection's lock.
/// </summary>
/// <param name="maximum">1 or more: the highest alias.</param>
internal sealed class OutboundTopicAliases(int maximum)
{
    // Identifier and number of the alias: a topic that is no longer gains nothing.
    private const int AliasBytes = sizeof(byte) + sizeof(ushort);

    // Longer topics go without: 32 aliases of this size, 8 KiB, are the most that a connection keeps by default.
    private const int LongestTopic = 256;
    private const int FewestSlots = 8;

    // By the low bits of a topic's hash its high bits; whoever comes later takes the slot.
    private readonly uint[] _seenOnce = new uint[(int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(2 * maximum, FewestSlots))];

    // Both by alias - 1, and no longer than what is given asks for.
    private ulong[] _hashes = [];
    private Topic[] _topics = [];
    private int _count;
    private int _hand;

    /// <summary>What the next PUBLISH to this topic is to carry. Changes nothing.</summary>
    public TopicAliasChoice Choose(ReadOnlySpan<byte> topic)
    {
        if (topic.Length is <= AliasBytes or > LongestTopic)
            return default;

        var hash = SeededHash.OfBytes(topic);
        var index = _hashes.AsSpan(0, _count).IndexOf(hash);
        if (index >= 0)
        {
            // Two topics of one hash: the second goes without.
            return topic.SequenceEqual(_topics[index].Bytes) ? new(hash, (ushort)(index + 1), IsKnown: true) : default;
        }

        return new(hash, WasSeen(hash) ? NextAlias() : (ushort)0, IsKnown: false);
    }

    /// <summary>The PUBLISH is in the output: from now on the client knows.</summary>
    /// <param name="choice">Of <see cref="Choose"/>, with nothing sent in between.</param>
    public void Sent(TopicAliasChoice choice, ReadOnlySpan<byte> topic)
    {
        if (choice.IsKnown)
            _topics[choice.Alias - 1].IsUsed = true;
        else if (choice.Alias > 0)
            Set(choice, topic);
        else if (choice.Hash != 0)
            SlotOf(choice.Hash) = TagOf(choice.Hash);
    }

    private static uint TagOf(ulong hash) => (uint)(hash >> 32) | 1; // never 0, which is an empty slot

    private ref uint SlotOf(ulong hash) => ref _seenOnce[(int)(hash & (uint)(_seenOnce.Length - 1))];

    private bool WasSeen(ulong hash) => SlotOf(hash) == TagOf(hash);

    private ushort NextAlias()
    {
        if (_count < maximum)
            return (ushort)(_count + 1); // never 0 [MQTT5-3.3.2-8]

        for (var step = 0; step < maximum; step++)
        {
            var index = (_hand + step) % maximum;
            if (!_topics[index].IsUsed)
                return (ushort)(index + 1);
        }

        return (ushort)(_hand + 1);
    }

    private void Set(TopicAliasChoice choice, ReadOnlySpan<byte> topic)
    {
        var index = choice.Alias - 1;
        if (index == _count)
            Add();
        else
            MoveHandPast(index);

        SlotOf(choice.Hash) = 0;
        _hashes[index] = choice.Hash;
        _topics[index].Put(topic);
    }

    private void Add()
    {
        if (_count == _hashes.Length)
        {
            var size = Math.Min(Math.Max(2 * _count, FewestSlots), maximum);
            Array.Resize(ref _hashes, size);
            Array.Resize(ref _topics, size);
        }

        _count++;
    }

    private void MoveHandPast(int index)
    {
        // When all were used, this is once around: all begin again.
        var isWholeRound = _topics[index].IsUsed;
        for (var i = _hand; i != index || isWholeRound; i = (i + 1) % maximum)
        {
            _topics[i].IsUsed = false;
            isWholeRound &= (i + 1) % maximum != index;
        }

        _hand = (index + 1) % maximum;
    }

    private struct Topic
    {
        private byte[]? _buffer;
        private int _length;

        public bool IsUsed { get; set; }

        public readonly ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, _length);

        /// <summary>Takes the place of an older topic, buffer included, so that after a while nothing is allocated.</summary>
        public void Put(ReadOnlySpan<byte> topic)
        {
            if (_buffer is null || _buffer.Length < topic.Length)
                _buffer = new byte[(int)BitOperations.RoundUpToPowerOf2((uint)topic.Length)];
            topic.CopyTo(_buffer);
            _length = topic.Length;
            IsUsed = false;
        }
    }
}
