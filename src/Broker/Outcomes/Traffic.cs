using System.Runtime.CompilerServices;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Broker.Outcomes;

/// <summary>What one connection moved in one direction during one turn: collected without sharing, counted at once.</summary>
public struct Traffic
{
    /// <summary>Control packets of any type.</summary>
    public int Packets;

    private ByQoS _publications;
    private ByQoS _publicationBytes;

    /// <summary>PUBLISH packets among them.</summary>
    public readonly int AllPublications => _publications[0] + _publications[1] + _publications[2];

    /// <summary>PUBLISH packets of a QoS among them.</summary>
    public readonly int Publications(QoS qos) => _publications[(int)qos];

    /// <summary>Payload bytes of these.</summary>
    public readonly int PublicationBytes(QoS qos) => _publicationBytes[(int)qos];

    /// <summary>A PUBLISH packet, which <see cref="Packets"/> counts as well.</summary>
    public void AddPublication(QoS qos, int payloadBytes)
    {
        _publications[(int)qos]++;
        _publicationBytes[(int)qos] += payloadBytes;
    }

    [InlineArray(3)]
    private struct ByQoS
    {
        private int _first;
    }
}
