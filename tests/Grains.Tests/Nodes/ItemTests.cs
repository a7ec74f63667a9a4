using System.Net;
using System.Text;
using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Grains.Nodes.Items;
using OrleansBroker.Grains.Tests.Records;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Grains.Tests.Nodes;

/// <summary>What crosses between silos, byte by byte.</summary>
public sealed class ItemTests
{
    private static readonly SiloAddress Silo = SiloAddress.New(new IPEndPoint(IPAddress.Parse("10.1.2.3"), 11_111), 77);

    [Fact]
    public void Write_Delivery_GoldenBytes()
    {
        var item = new NodeItem { Kind = NodeItemKind.Deliver, ClientId = "c", Message = Message("t", "p"), Match = Match() };

        Assert.Equal(
            "02" // version
            + "03" + "c502" // Deliver: client id, token, message, match
            + "0163" + "0a" // c, token 10
            + "01" + "01" + "00" + "0170" + "02" + "7470" // QoS 1, topic and properties length, publisher p, body
            + "11" + "0500000000000000" + "02000000" + "03000000" + "0d", // match: incarnation 5, version 2, identifier 3, QoS 1, No Local, Retain As Published
            Hex.Of(Encoded(item, token: 10).Span));
    }

    [Fact]
    public void Write_PublishOfAMessageGivenBack_GoldenBytes()
    {
        var item = new NodeItem { Kind = NodeItemKind.Publish, Number = 3, Message = Message("t", "p").Again(TopicFilter.Parse("$share/g/+")) };

        Assert.Equal(
            "02" // version
            + "01" + "c48002" // Publish: token, message, number
            + "0a" // token 10
            + "41" + "01" + "00" + "0170" + "02" + "7470" // QoS 1 and returned, topic and properties length, publisher p, body
            + "0a" + "2473686172652f672f2b" // $share/g/+
            + "03", // shard 3
            Hex.Of(Encoded(item, token: 10).Span));
    }

    [Theory]
    [InlineData(25, "19")]
    [InlineData(26, "1a")]
    public void Write_RetainedOwedAndSent_GoldenBytes(byte kind, string kindBytes)
    {
        Assert.Equal((25, 26), ((int)NodeItemKind.RetainedOwed, (int)NodeItemKind.RetainedSent));
        var item = new NodeItem { Kind = (NodeItemKind)kind, ConnectionId = 5, Number = 300 };

        var bytes = Encoded(item, token: 0);

        Assert.Equal(
            "02" // version
            + kindBytes + "828002" // connection, number
            + "0a" // connection 5
            + "ac02", // subscription's version 300
            Hex.Of(bytes.Span));
        var reader = new ItemReader(bytes, new BatchMemory(), 0);
        Assert.True(reader.TryRead(out var read));
        Assert.Equal(item, read);
    }

    [Fact]
    public void Write_CloseWithServerReference_GoldenBytes()
    {
        var item = new NodeItem { Kind = NodeItemKind.Close, ConnectionId = 5, Reason = ReasonCode.ServerMoved, ServerReference = "s" };

        var bytes = Encoded(item, token: 0);

        Assert.Equal(
            "02" // version
            + "15" + "a2808020" // connection, reason, server reference
            + "0a" + "9d" + "0173", // connection 5, Server moved, s
            Hex.Of(bytes.Span));
        var reader = new ItemReader(bytes, new BatchMemory(), 0);
        Assert.True(reader.TryRead(out var read));
        Assert.Equal(item, read);
    }

    [Fact]
    public void Write_HeldSubscriptions_GoldenBytes()
    {
        var item = new NodeItem { Kind = NodeItemKind.HeldSubscriptions, ConnectionId = 5, Subscriptions = [], Ended = [300] };

        Assert.Equal(
            "02" // version
            + "1b" + "82808018" // connection, subscriptions, ended
            + "0a" + "00" + "01ac02", // connection 5, none, version 300
            Hex.Of(Encoded(item, token: 0).Span));
    }

    [Theory]
    [InlineData("$share/g/+", true)]
    [InlineData("t", false)] // not shared
    [InlineData("$share/g", false)]
    [InlineData("$share/g/#/t", false)]
    [InlineData("", false)]
    public void Read_ReturnedTo_OnlyASharedSubscription(string text, bool isRead)
    {
        var bytes = new ItemBytes(4);
        bytes.Byte(ItemFormats.Own.Newest);
        bytes.Byte((byte)NodeItemKind.Publish);
        bytes.Number((ulong)ItemField.Message);
        bytes.Bytes([0x41, 1, 0, 1, (byte)'p', 2, (byte)'t', (byte)'p']);
        bytes.Text(text);
        var reader = new ItemReader(bytes.Written, new BatchMemory(), 0);

        Assert.Equal(isRead, reader.TryRead(out var read));
        Assert.Equal(!isRead, reader.IsDamaged);
        Assert.Equal(isRead ? text : null, read.Message?.ReturnedTo?.Text);
    }

    [Fact]
    public void Read_ReturnedToLongerThanAnyFilter_Damaged()
    {
        var bytes = new ItemBytes(4);
        bytes.Byte(ItemFormats.Own.Newest);
        bytes.Byte((byte)NodeItemKind.Publish);
        bytes.Number((ulong)ItemField.Message);
        bytes.Bytes([0x41, 1, 0, 1, (byte)'p', 2, (byte)'t', (byte)'p']);
        bytes.Text("$share/g/" + new string('x', ushort.MaxValue));
        var reader = new ItemReader(bytes.Written, new BatchMemory(), 0);

        Assert.False(reader.TryRead(out _));
        Assert.True(reader.IsDamaged);
    }

    [Fact]
    public void Read_EveryField_AsWritten()
    {
        var message = new Publication(Encoding.UTF8.GetBytes("topicpropspayload"), 5, 5, QoS.ExactlyOnce, retain: true, "publisher")
        {
            PacketIdentifier = 40_000,
            ExpiresAtMilliseconds = 5_000,
            Origin = new MessageOrigin(1L << 60, 3, 2),
            ReturnedTo = TopicFilter.Parse("$share/gröup/+/a"),
        };
        var item = new NodeItem
        {
            Kind = NodeItemKind.Offer,
            ClientId = "clïent",
            ConnectionId = -3,
            PacketIdentifier = 65_535,
            PacketType = 4,
            Reason = ReasonCode.QuotaExceeded,
            Message = message,
            Match = Match(),
            QoS = 2,
            Duplicate = true,
            Retain = true,
            SubscriptionIdentifiers = [1, 268_435_455],
            Reasons = [ReasonCode.Success, ReasonCode.NotAuthorized],
            SessionPresent = true,
            Number = uint.MaxValue,
            Milliseconds = -9,
            IsLastResort = true,
            PublishWill = true,
            Source = Silo,
            ServerReference = "sërver:1883",
        };
        var reader = new ItemReader(Encoded(item, token: 1L << 50, now: 1_000), new BatchMemory(), now: 100);

        Assert.True(reader.TryRead(out var read));
        Assert.False(reader.TryRead(out _));
        Assert.False(reader.IsDamaged);
        Assert.Equal(
            item with { Token = 1L << 50, Message = null, Match = null, SubscriptionIdentifiers = null, Reasons = null },
            read with { Message = null, MatchBytes = default, SubscriptionIdentifiers = null, Reasons = null });
        Assert.Equal(item.SubscriptionIdentifiers, read.SubscriptionIdentifiers);
        Assert.Equal(item.Reasons, read.Reasons);
        Assert.Equal(message.Body, read.Message!.Body);
        Assert.Equal(
            (message.TopicLength, message.PropertiesLength, message.QoS, message.Retain, message.PublisherClientId, message.PacketIdentifier, message.Origin),
            (read.Message.TopicLength, read.Message.PropertiesLength, read.Message.QoS, read.Message.Retain, read.Message.PublisherClientId, read.Message.PacketIdentifier, read.Message.Origin));
        Assert.Equal(message.ReturnedTo, read.Message.ReturnedTo);
        Assert.Equal(4_100, read.Message.ExpiresAtMilliseconds); // 4 s were left
        Assert.Equal(1L << 50, read.Message.Token);
        Assert.Equal(Match().Grants, WiredMatch.Read(read.MatchBytes.Span, Match().Receiver)!.Grants);
    }

    [Fact]
    public void Write_OneMessageForManySessions_CrossesOnce()
    {
        var message = Message("t", new string('x', 1_000));
        var bytes = new ItemBytes(16);
        bytes.Byte(ItemFormats.Own.Newest);
        Publication? last = null;
        for (var i = 0; i < 100; i++)
        {
            last = ItemWriter.Write(bytes, new NodeItem { Kind = NodeItemKind.Deliver, ClientId = $"c{i}", Message = message, Match = Match() }, token: i + 1, last, 0);
        }

        Assert.InRange(bytes.Length, 1_000, 1_000 + (100 * 30));
        var reader = new ItemReader(bytes.Written, new BatchMemory(), 0);
        for (var i = 0; i < 100; i++)
        {
            Assert.True(reader.TryRead(out var read));
            Assert.Equal(($"c{i}", i + 1L, message.SizeBytes), (read.ClientId, read.Message!.Token, read.Message.SizeBytes));
            Assert.Equal(message.Body, read.Message.Body);
        }

        Assert.False(reader.TryRead(out _));
        Assert.False(reader.IsDamaged);
    }

    [Fact]
    public void Read_CutAnywhere_DamagedAndNothingRead()
    {
        var whole = Encoded(new NodeItem { Kind = NodeItemKind.Deliver, ClientId = "client", Message = GivenBack(), Match = Match(), Source = Silo }, 9);
        for (var length = 0; length < whole.Length; length++)
        {
            var reader = new ItemReader(whole[..length], new BatchMemory(), 0);
            Assert.False(reader.TryRead(out _));
            Assert.Equal(length != 1, reader.IsDamaged); // one byte is the version of an empty batch
        }
    }

    [Fact]
    public void Read_AnotherVersion_Damaged()
    {
        var bytes = Encoded(new NodeItem { Kind = NodeItemKind.Done, Token = 1 }, 1).ToArray();
        bytes[0]++;
        var reader = new ItemReader(bytes, new BatchMemory(), 0);

        Assert.False(reader.TryRead(out _));
        Assert.True(reader.IsDamaged);
    }

    [Fact]
    public void Read_AnyBytes_NeverThrows()
    {
        var random = new Random(20261126);
        var whole = Encoded(new NodeItem { Kind = NodeItemKind.Offer, ClientId = "client", Message = GivenBack(), Match = Match(), Reasons = [ReasonCode.Success], SubscriptionIdentifiers = [7], Source = Silo }, 9).ToArray();
        var read = 0;
        for (var run = 0; run < 200_000; run++)
        {
            var bytes = (byte[])whole.Clone();
            for (var changes = random.Next(1, 4); changes > 0; changes--) bytes[random.Next(1, bytes.Length)] = (byte)random.Next(256);
            var reader = new ItemReader(bytes, new BatchMemory(), 0);
            while (reader.TryRead(out var item))
            {
                read++;
                _ = WiredMatch.Read(item.MatchBytes.Span, Match().Receiver);
            }
        }

        Assert.InRange(read, 1_000, 200_000 * whole.Length);
    }

    private static ReadOnlyMemory<byte> Encoded(in NodeItem item, long token, long now = 0)
    {
        var bytes = new ItemBytes(4);
        bytes.Byte(ItemFormats.Own.Newest);
        ItemWriter.Write(bytes, item, token, null, now);
        return bytes.Written;
    }

    private static Publication Message(string topic, string payload) =>
        new(Encoding.UTF8.GetBytes(topic + payload), topic.Length, 0, QoS.AtLeastOnce, retain: false, "p");

    private static Publication GivenBack() => Message("topic", "payload").Again(TopicFilter.Parse("$share/g/a"));

    private static RouteMatch Match() => new(new NoReceiver(), 5, [new RouteGrant(2, QoS.AtLeastOnce, NoLocal: true, RetainAsPublished: true, 3)]);

    private sealed class NoReceiver : IReceiver
    {
        public string ClientId => "c";

        public bool IsConnected => false;

        public bool IsRemote => false;

        public bool HasBacklog => false;

        public void RouteAdded() => Assert.Fail();

        public void RouteRemoved() => Assert.Fail();

        public void Deliver(Publication publication, RouteMatch match) => Assert.Fail();

        public void Offer(SharedOffer offer) => Assert.Fail();

        public void DeliverRetained(RetainedBatch batch) => Assert.Fail();

        public void ReturnShared(uint version) => Assert.Fail();
    }
}
