using OrleansBroker.TestKit;
using OrleansBroker.TestKit.Numbers;

namespace OrleansBroker.Cluster.Tests.Faults;

/// <summary>Receives numbers on one connection.</summary>
/// <param name="qos">Of its subscription.</param>
/// <param name="isWhole">Whether nothing is missing any more.</param>
internal sealed class SteadySubscriber(string name, string filter, int qos, uint expiry, Func<SteadySubscriber, bool> isWhole) : SteadyClient(name, expiry)
{
    private readonly HashSet<int> _unreleased = [];

    public ReceivedNumbers Received { get; } = new();

    public int QoS => qos;

    protected override bool IsComplete => base.IsComplete && _unreleased.Count == 0 && isWhole(this);

    public override async Task ConnectAsync(Endpoint gateway)
    {
        await base.ConnectAsync(gateway);
        await Client.SubscribeAsync(filter, qos);
    }

    protected override async Task TakeAsync(Frame frame)
    {
        switch (frame.Type)
        {
            case PacketType.Publish:
                var publish = frame.ToPublish(MqttVersion.V50);
                if (publish.QoS == 2 && !_unreleased.Add(publish.PacketIdentifier)) throw new UnexpectedFrameException($"{publish.Topic} {publish.Text} sent again on its connection");
                Received.Note(publish);
                if (publish.QoS > 0) await Client.SendAsync(Packet.Acknowledge(publish.QoS == 1 ? PacketType.PubAck : PacketType.PubRec, publish.PacketIdentifier));
                break;
            case PacketType.PubRel:
                var id = frame.ToAck(MqttVersion.V50).PacketIdentifier;
                _unreleased.Remove(id);
                await Client.SendAsync(Packet.Acknowledge(PacketType.PubComp, id));
                break;
            default:
                await base.TakeAsync(frame);
                break;
        }
    }
}
