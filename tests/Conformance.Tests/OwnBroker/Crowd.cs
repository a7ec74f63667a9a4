using System.Buffers.Binary;
using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.OwnBroker;

/// <summary>
/// Subscribers of one topic and its publisher. It publishes so much at a time as fits any connection's output and waits until everybody has it: whoever reads cannot lose a message by being late.
/// </summary>
internal sealed class Crowd : IAsyncDisposable
{
    public const string Topic = "crowd/t";
    public const int MessageBytes = 1024;
    public const int Round = 32;

    private static readonly TimeSpan RoundTimeout = TimeSpan.FromSeconds(60);

    private readonly RawClient _publisher;
    private readonly CrowdMember[] _members;
    private int _published;

    private Crowd(RawClient publisher, CrowdMember[] members)
    {
        _publisher = publisher;
        _members = members;
    }

    public static async Task<Crowd> JoinAsync(OwnBroker broker, int size, int qos)
    {
        var members = await Task.WhenAll(Enumerable.Range(0, size).Select(_ => CrowdMember.JoinAsync(broker.Endpoint, Topic, qos)));
        return new Crowd(await broker.ConnectAsync(MqttVersion.V311), members);
    }

    public static int NumberOf(PublishFrame message) => BinaryPrimitives.ReadInt32BigEndian(message.Payload);

    /// <summary>At QoS 1, in rounds; every member has them all, in order, when this ends.</summary>
    public async Task PublishAsync(int count)
    {
        for (var end = _published + count; _published < end;)
        {
            var packets = Enumerable.Range(_published, Math.Min(Round, end - _published)).Select(Message).ToList();
            await _publisher.SendAsync(packets.SelectMany(static packet => packet).ToArray());
            for (var i = 0; i < packets.Count; i++)
                await _publisher.ExpectAckAsync(PacketType.PubAck, Identifier(_published + i));
            _published += packets.Count;
            await Task.WhenAll(_members.Select(member => member.ReceiveToAsync(_published))).WaitAsync(RoundTimeout, TimeProvider.System);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var member in _members)
            await member.DisposeAsync();
        await _publisher.DisposeAsync();
    }

    private static int Identifier(int number) => (number % ushort.MaxValue) + 1;

    private static byte[] Message(int number)
    {
        var payload = new byte[MessageBytes];
        BinaryPrimitives.WriteInt32BigEndian(payload, number);
        return Packet.Publish(MqttVersion.V311, Topic, payload, 1, Identifier(number));
    }
}
