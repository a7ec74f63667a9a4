namespace OrleansBroker.Gateway.Connections;

/// <summary>The Topic Aliases that a client has set on this connection (MQTT5 section 3.3.2.3.4); they end with it [MQTT5-3.3.2-7].</summary>
internal sealed class TopicAliases(int maximum)
{
    private readonly byte[]?[] _topics = new byte[]?[maximum];

    /// <summary>Sets an alias for a topic that came along, or finds the topic of an alias that stands alone.</summary>
    /// <param name="alias">Not 0.</param>
    /// <param name="topic">Empty to look the alias up; valid until the alias is set again.</param>
    /// <returns>False when the alias is above the maximum [MQTT5-3.3.2-9] or not set.</returns>
    public bool TryResolve(ushort alias, ref ReadOnlySpan<byte> topic)
    {
        if (alias > _topics.Length)
            return false;

        ref var known = ref _topics[alias - 1];
        if (!topic.IsEmpty)
        {
            if (!topic.SequenceEqual(known))
                known = topic.ToArray();
            return true;
        }

        topic = known;
        return known is not null;
    }
}
