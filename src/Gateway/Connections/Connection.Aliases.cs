using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Mqtt.Codec;

namespace OrleansBroker.Gateway.Connections;

/// <content>Topic Aliases towards the client: only for one that allows them, at most as many [MQTT5-3.1.2-26] [MQTT5-3.1.2-27] [MQTT5-3.3.2-11].</content>
internal sealed partial class Connection
{
    private int _outboundAliasMaximum;

    // Null until the first PUBLISH that may have an alias.
    private OutboundTopicAliases? _outboundAliases;

    /// <summary>What stands for the topic of this PUBLISH. Nothing is set yet: the packet may not be appended after all.</summary>
    /// <param name="length">Of the whole packet with that alias.</param>
    private TopicAliasChoice ChooseAlias(in OutboundPublish publish, out int length)
    {
        if (_outboundAliasMaximum == 0)
        {
            length = LengthOf(in publish, default);
            return default;
        }

        _outboundAliases ??= new OutboundTopicAliases(_outboundAliasMaximum);
        var choice = _outboundAliases.Choose(publish.Message.Topic);
        length = LengthOf(in publish, choice);
        if (choice is { Alias: > 0, IsKnown: false } && length > _maximumPacketSize)
        {
            // Setting the alias makes the packet longer: it may be what does not fit.
            choice = choice.WithoutAlias();
            length = LengthOf(in publish, choice);
        }

        return choice;
    }

    private int LengthOf(in OutboundPublish publish, TopicAliasChoice choice)
    {
        var message = publish.Message;
        return PacketEncoder.PublishLength(
            _version,
            publish.QoS,
            choice.IsKnown ? 0 : message.TopicLength,
            message.PropertiesLength,
            message.ExpiresAtMilliseconds != Publication.NeverExpires,
            publish.SubscriptionIdentifiers,
            message.PayloadLength,
            choice.Alias);
    }
}
