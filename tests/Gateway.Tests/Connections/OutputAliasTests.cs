using System.Text;
using OrleansBroker.Broker.Options;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Mqtt.Codec;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Gateway.Tests.Connections;

/// <summary>Topic Aliases towards a client, as its packets show them.</summary>
public sealed class OutputAliasTests
{
    private const string Topic = "device/7/temperature";

    [Theory]
    [InlineData(10, 32, 10)]
    [InlineData(10, 4, 4)]
    [InlineData(0, 32, 0)]
    [InlineData(10, 0, 0)]
    public void Publish_ManyTopics_SetsAsManyAliasesAsBothAllow(int client, int server, int expected)
    {
        var rig = Connected(client, new LimitsOptions { MaxOutboundTopicAliases = server });
        for (var i = 0; i < 200; i++)
            rig.Connection.Publish(Wire.Outbound(Wire.Message($"topic/{i / 4}", "p")));

        var received = Receive(rig);
        Assert.Equal(200, received.Count);
        Assert.All(received, (message, i) => Assert.Equal($"topic/{i / 4}", message.Topic));
        Assert.Equal(expected, received.Max(message => message.Alias));
    }

    [Fact]
    public void Publish_ToVersion311_NeverHasAnAlias()
    {
        var rig = ConnectionRig.Connected(ProtocolVersion.Mqtt311);
        for (var i = 0; i < 3; i++)
            rig.Connection.Publish(Wire.Outbound(Wire.Message("t/t/t", "p")));
        Assert.All(rig.Packets(), packet => Assert.Equal([0x30, 8, 0, 5, .. "t/t/tp"u8], packet));
    }

    [Fact]
    public void Publish_AliasDoesNotFitThePacket_GoesWithout()
    {
        // The packet fits to the byte without alias, and so has no room for one.
        var length = PacketEncoder.PublishLength(ProtocolVersion.Mqtt5, Topic.Length, hasPacketIdentifier: false, 0, 100);
        var rig = Connected(10, maximumPacketSize: (uint)length);
        var message = Wire.Message(Topic, new string('x', 100));
        for (var i = 0; i < 3; i++)
            Assert.Equal(SendOutcome.Sent, rig.Connection.Publish(Wire.Outbound(message)));
        Assert.All(Receive(rig), received => Assert.Equal((Topic, 0), (received.Topic, received.Alias)));

        // A shorter message sets the alias, and then the longer one may be longer still.
        Assert.Equal(SendOutcome.Sent, rig.Connection.Publish(Wire.Outbound(Wire.Message(Topic, "short"))));
        var longer = Wire.Message(Topic, new string('x', 100 + Topic.Length - 3));
        Assert.Equal(SendOutcome.Sent, rig.Connection.Publish(Wire.Outbound(longer)));
        Assert.Equal(SendOutcome.TooLarge, rig.Connection.Publish(Wire.Outbound(Wire.Message(Topic, new string('x', 101 + Topic.Length - 3)))));
        Assert.Equal(SendOutcome.Sent, rig.Connection.Publish(Wire.Outbound(longer)));
        Assert.All(rig.Packets().Skip(1), packet => Assert.Equal(length, packet.Length));
    }

    [Fact]
    public void Publish_FullWhileAnAliasWasToBeSet_SetsItWithTheNext()
    {
        var rig = Connected(10, new LimitsOptions { MaxOutputBytes = 10 * 1024 });
        rig.Transport.IsBlocked = true;
        var message = Wire.Message(Topic, new string('x', 6_000));
        Assert.Equal(SendOutcome.Sent, rig.Connection.Publish(Wire.Outbound(message)));
        Assert.Equal(SendOutcome.Full, rig.Connection.Publish(Wire.Outbound(message)));
        rig.Transport.Unblock();
        Assert.Equal(SendOutcome.Sent, rig.Connection.Publish(Wire.Outbound(message)));
        Assert.Equal(SendOutcome.Sent, rig.Connection.Publish(Wire.Outbound(message)));
        Assert.Equal([(Topic, 0), (Topic, 1), (Topic, 1)], Receive(rig).Select(received => (received.Topic, received.Alias)));
    }

    [Fact]
    public void Publish_OnTheNextConnection_BeginsWithoutAliases()
    {
        var first = Connected(10);
        for (var i = 0; i < 3; i++)
            first.Connection.Publish(Wire.Outbound(Wire.Message(Topic, "p", QoS.AtLeastOnce), 1));
        Assert.Equal(1, Receive(first)[^1].Alias);
        first.Connection.InputEnded();

        var second = new ConnectionRig(sibling: first);
        second.Connect(with: packet => packet with { TopicAliasMaximum = 10 });
        second.Transport.TakeWritten();
        second.Connection.Publish(Wire.Outbound(Wire.Message(Topic, "p", QoS.AtLeastOnce), 1, dup: true));
        Assert.Equal((Topic, 0), Assert.Single(Receive(second)) is var again ? (again.Topic, again.Alias) : default);
    }

    [Fact]
    public void Publish_FromManyThreads_EveryAliasMeansItsTopic()
    {
        var rig = Connected(4, new LimitsOptions { MaxOutputBytes = 64 * 1024 * 1024 });
        const int PerThread = 2_000;
        Parallel.For(0, 4, thread =>
        {
            for (var i = 0; i < PerThread; i++)
                rig.Connection.Publish(Wire.Outbound(Wire.Message($"topic/{thread}/{i % 3}", $"topic/{thread}/{i % 3}")));
        });

        var received = Receive(rig);
        Assert.Equal(4 * PerThread, received.Count);
        Assert.All(received, message => Assert.Equal(message.Payload, message.Topic));
    }

    private static ConnectionRig Connected(int aliases, LimitsOptions? limits = null, uint maximumPacketSize = uint.MaxValue) => ConnectionRig.Connected(
        limits: limits, with: packet => packet with { TopicAliasMaximum = (ushort)aliases, MaximumPacketSize = maximumPacketSize });

    /// <summary>What a client makes of the packets.</summary>
    private static List<(string Topic, int Alias, string Payload)> Receive(ConnectionRig rig)
    {
        var known = new Dictionary<int, string>();
        var received = new List<(string, int, string)>();
        foreach (var packet in rig.Packets())
        {
            Assert.Equal(SpecViolation.None, PacketDecoder.DecodePublish(
                ProtocolVersion.Mqtt5, PacketSender.Server, (byte)(packet[0] & 0xF), Wire.Body(packet), out var publish));
            int alias = publish.Properties.TopicAlias;
            var topic = Encoding.UTF8.GetString(publish.Topic);
            if (topic.Length > 0)
                known[alias] = topic;
            received.Add((known[alias], alias, Encoding.UTF8.GetString(publish.Payload)));
        }

        return received;
    }
}
