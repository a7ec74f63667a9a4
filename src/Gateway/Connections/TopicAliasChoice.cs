namespace OrleansBroker.Gateway.Connections;

/// <summary>What <see cref="OutboundTopicAliases"/> proposes for one PUBLISH; it counts only when the packet is sent.</summary>
/// <param name="Hash">Of the topic; 0 when the topic is to have no alias.</param>
/// <param name="Alias">0 = none.</param>
/// <param name="IsKnown">The client has the alias: the topic is left out. Otherwise the packet sets it.</param>
internal readonly record struct TopicAliasChoice(ulong Hash, ushort Alias, bool IsKnown)
{
    public TopicAliasChoice WithoutAlias() => new(Hash, 0, IsKnown: false);
}
