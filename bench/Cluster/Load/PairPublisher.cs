using System.Globalization;
using System.Text;
using OrleansBroker.Cluster.Nodes;
using OrleansBroker.TestKit;
using OrleansBroker.TestKit.Numbers;

namespace OrleansBroker.Cluster.Load;

/// <summary>A durable session; after each reconnect what is not acknowledged is sent again, in order and under its old identifier.</summary>
internal sealed class PairPublisher(Pair pair, RunningNodes nodes, int index)
{
    private const int Window = 100;

    // Number, and whether PUBREC has come.
    private readonly SortedDictionary<int, bool> _open = [];
    private readonly ConnectRequest _request = ConnectRequest.Persistent(MqttVersion.V50, $"pair-publisher-{index}", 3600);
    private int _last;
    private int _connections;

    public HashSet<int> Acknowledged { get; } = [];

    /// <summary>Reason codes of the answers that said no, one for each message: not owed.</summary>
    public List<byte> Refused { get; } = [];

    /// <summary>Sent, and neither acknowledged nor refused.</summary>
    public int Unanswered => _open.Count;

    /// <summary>Set by who ends a run in which this did not end.</summary>
    public bool IsAbandoned { get; set; }

    /// <summary>Until it is stopped, and then until everything is answered.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!IsAbandoned && (!stop.IsCancellationRequested || _open.Count > 0))
        {
            var gateway = nodes.GatewayOf(index + _connections);
            var isConnected = false;
            try
            {
                var (client, connAck) = await RawClient.ConnectWithAckAsync(gateway.Tcp!, _request);
                await using (client)
                {
                    isConnected = true;
                    if (_connections > 0 && !connAck.SessionPresent) throw new InvalidOperationException($"the session of {_request.ClientId} is lost");
                    foreach (var (number, isReceived) in _open)
                        await client.SendAsync(isReceived ? Packet.Acknowledge(PacketType.PubRel, IdentifierOf(number)) : Publish(number, dup: true));
                    await PublishAsync(client, stop);
                }
            }
            catch (Exception end) when (Outage.Is(end) || end is TimeoutException)
            {
                if (isConnected) nodes.NoteDropped(gateway);
                await Outage.PauseAsync();
            }

            if (isConnected) _connections++;
        }
    }

    private async Task PublishAsync(RawClient client, CancellationToken stop)
    {
        var wait = new Wait(client);
        while (!IsAbandoned && (!stop.IsCancellationRequested || _open.Count > 0))
        {
            while (_open.Count < Window && !stop.IsCancellationRequested && UntilDue() <= TimeSpan.Zero)
            {
                _open.Add(++_last, false);
                await client.SendAsync(Publish(_last, dup: false));
            }

            var isFull = _open.Count >= Window || stop.IsCancellationRequested;
            await wait.ForFrameAsync(isFull ? TimeSpan.FromMilliseconds(100) : UntilDue());
            while (client.TryNext() is { } frame) await TakeAsync(client, frame);
        }
    }

    private async Task TakeAsync(RawClient client, Frame frame)
    {
        if (frame.Type == PacketType.Disconnect) throw new IOException($"DISCONNECT 0x{frame.ToDisconnect().ReasonCode:X2}");
        var ack = frame.ToAck(MqttVersion.V50);
        var number = _open.Keys.FirstOrDefault(number => IdentifierOf(number) == ack.PacketIdentifier);
        if (number == 0) throw new InvalidOperationException($"{ack.Type} for an identifier that is not in use");
        // The flow may have ended before the PUBCOMP could be written.
        var isOver = ack.Type == PacketType.PubComp && ack.ReasonCode == Reason.PacketIdentifierNotFound;
        if (!isOver && ack.ReasonCode is not (Reason.Success or Reason.NoMatchingSubscribers))
        {
            Refused.Add(ack.ReasonCode);
            _open.Remove(number);
            return;
        }

        Acknowledged.Add(number);
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

    private TimeSpan UntilDue() => TimeProvider.System.GetElapsedTime(TimeProvider.System.GetTimestamp(), pair.DueAt(_last + 1));

    private byte[] Publish(int number, bool dup) =>
        Packet.Publish(MqttVersion.V50, pair.Topic, Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture)), pair.Kind.QoS, IdentifierOf(number), dup: dup);

    private static int IdentifierOf(int number) => ((number - 1) % ushort.MaxValue) + 1;
}
