using System.Globalization;
using System.Text;

namespace OrleansBroker.TestKit.Numbers;

/// <summary>
/// Publishes 1, 2, 3, … to one topic, retained, through every end of the broker: a durable session, and after each reconnect what is not acknowledged is sent again,
/// in order and under its old identifier, as the standard has it.
/// </summary>
/// <param name="broker">Asked before each connection: it may be another node.</param>
public sealed class NumberedPublisher(Func<Endpoint> broker, string topic, int qos)
{
    private const int Window = 20;

    private readonly SortedDictionary<int, bool> _open = []; // number, and whether PUBREC has come
    private readonly SortedSet<int> _acknowledged = [];
    private readonly ConnectRequest _request = ConnectRequest.Persistent(MqttVersion.V50, "publisher-" + topic.Replace('/', '-'), 3600);
    private int _last;

    public NumberedPublisher(Endpoint broker, string topic, int qos)
        : this(() => broker, topic, qos)
    {
    }

    /// <summary>What the broker has taken: PUBACK, or PUBREC.</summary>
    public IReadOnlyCollection<int> Acknowledged => _acknowledged;

    /// <summary>The number that was published last: retained, when all is acknowledged.</summary>
    public int Last => _last;

    public string Topic => topic;

    public int QoS => qos;

    /// <summary>Until it is stopped, and then until everything is acknowledged.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var isFirst = true;
        while (!stop.IsCancellationRequested || _open.Count > 0)
        {
            try
            {
                var (client, connAck) = await RawClient.ConnectWithAckAsync(broker(), _request);
                await using (client)
                {
                    if (!isFirst && !connAck.SessionPresent) throw new InvalidOperationException($"the session of {_request.ClientId} is lost");
                    isFirst = false;
                    await SendAgainAsync(client);
                    await PublishAsync(client, stop);
                }
            }
            catch (Exception end) when (Outage.Is(end))
            {
                await Outage.PauseAsync();
            }
        }
    }

    private async Task SendAgainAsync(RawClient client)
    {
        foreach (var (number, isReceived) in _open)
            await client.SendAsync(isReceived ? Packet.Acknowledge(PacketType.PubRel, IdentifierOf(number)) : Publish(number, dup: true));
    }

    private async Task PublishAsync(RawClient client, CancellationToken stop)
    {
        while (true)
        {
            while (_open.Count < Window && !stop.IsCancellationRequested)
            {
                _open.Add(++_last, false);
                await client.SendAsync(Publish(_last, dup: false));
            }

            if (_open.Count == 0) return;
            await TakeAsync(client, (await client.NextAsync()).ToAck(MqttVersion.V50));
        }
    }

    private async Task TakeAsync(RawClient client, AckFrame ack)
    {
        var number = _open.Keys.FirstOrDefault(number => IdentifierOf(number) == ack.PacketIdentifier);
        if (number == 0) throw new InvalidOperationException($"{ack.Type} for an identifier that is not in use");
        // The flow may have ended before the PUBCOMP could be written.
        var isOver = ack.Type == PacketType.PubComp && ack.ReasonCode == Reason.PacketIdentifierNotFound;
        if (!isOver && ack.ReasonCode is not (Reason.Success or Reason.NoMatchingSubscribers)) throw new InvalidOperationException($"{ack.Type} says 0x{ack.ReasonCode:X2}");
        _acknowledged.Add(number);
        if (ack.Type == PacketType.PubRec)
        {
            _open[number] = true;
            await client.SendAsync(Packet.Acknowledge(PacketType.PubRel, ack.PacketIdentifier));
        }
        else
        {
            _open.Remove(number);
        }
    }

    private byte[] Publish(int number, bool dup) =>
        Packet.Publish(MqttVersion.V50, topic, Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture)), qos, IdentifierOf(number), retain: true, dup: dup);

    private static int IdentifierOf(int number) => ((number - 1) % ushort.MaxValue) + 1;
}
