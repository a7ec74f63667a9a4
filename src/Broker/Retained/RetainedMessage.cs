using System.Runtime.InteropServices;
using OrleansBroker.Broker.Messages;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Broker.Retained;

/// <summary>What a topic keeps of a publication, without what only its way through the broker needs: there may be millions.</summary>
public sealed class RetainedMessage : IRetained
{
    private readonly byte[] _body;
    private readonly string _publisherClientId;
    private readonly int _propertiesLength;
    private readonly ushort _topicLength;
    private readonly QoS _qos;

    public RetainedMessage(Publication publication)
    {
        _body = ImmutableCollectionsMarshal.AsArray(publication.Body)!;
        _publisherClientId = publication.PublisherClientId;
        _propertiesLength = publication.PropertiesLength;
        _topicLength = (ushort)publication.TopicLength;
        _qos = publication.QoS;
        ExpiresAtMilliseconds = publication.ExpiresAtMilliseconds;
    }

    public long ExpiresAtMilliseconds { get; }

    public int SizeBytes => _body.Length;

    public ReadOnlySpan<byte> Topic => _body.AsSpan(0, _topicLength);

    /// <summary>The message for one new subscription, with nobody waiting for it; shares the bytes.</summary>
    public Publication ToPublication() => new(_body, _topicLength, _propertiesLength, _qos, retain: true, _publisherClientId)
    {
        ExpiresAtMilliseconds = ExpiresAtMilliseconds,
    };
}
