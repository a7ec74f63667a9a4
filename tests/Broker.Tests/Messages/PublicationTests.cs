using OrleansBroker.Broker.Messages;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Broker.Tests.Messages;

public sealed class PublicationTests
{
    private readonly RecordingPublisher _publisher = new();

    [Theory]
    [InlineData(ReasonCode.NoMatchingSubscribers, PartOutcome.NoReceiver)]
    [InlineData(ReasonCode.Success, PartOutcome.NoReceiver, PartOutcome.Done)]
    [InlineData(ReasonCode.QuotaExceeded, PartOutcome.Done, PartOutcome.Refused, PartOutcome.NoReceiver)]
    [InlineData(Publication.NotStored, PartOutcome.NotStored, PartOutcome.Done)]
    public void Settle_LastPart_TellsTheWorstOutcomeOnce(ReasonCode reason, params PartOutcome[] outcomes)
    {
        var publication = Publications.Of("m").PublishedBy(_publisher);
        foreach (var _ in outcomes.Skip(1)) publication.AddPart();
        foreach (var outcome in outcomes)
        {
            Assert.True(publication.IsAwaited);
            Assert.Null(_publisher.ReasonOf(publication));
            publication.Settle(outcome);
        }

        Assert.Equal(reason, _publisher.ReasonOf(publication));
        Assert.False(publication.IsAwaited);
        publication.AddPart();
        publication.Settle(PartOutcome.Done);
    }

    [Fact]
    public void Keep_BeforeTheLoanEnds_LeavesTheMessageAsItWas()
    {
        var lender = "topicPayload+"u8.ToArray();
        var publication = new Publication(lender, 12, 5, 0, QoS.AtMostOnce, retain: false, "publisher") { IsLent = true };
        publication.Keep();
        lender.AsSpan().Fill((byte)'x');
        publication.EndLoan();
        Assert.Equal("topic"u8.ToArray(), publication.Topic.ToArray());
        Assert.Equal("Payload"u8.ToArray(), publication.Payload.ToArray());
        Assert.Equal("topicPayload"u8.ToArray(), publication.Body.ToArray());
        Assert.Equal((12, 7), (publication.SizeBytes, publication.PayloadLength));
    }

    [Fact]
    public void Body_OfALentMessage_KeepsItsBytes()
    {
        var publication = Publications.Of("m");
        var body = publication.Body;
        publication.EndLoan();
        Assert.Equal("tm"u8.ToArray(), body.ToArray());
        Assert.Equal("m", publication.Text());
    }

    [Theory]
    [InlineData(QoS.AtMostOnce)]
    [InlineData(QoS.AtLeastOnce)]
    public void Defer_OfALentMessage_KeepsItsBytes(QoS qos)
    {
        var publication = Publications.Of("m", qos).PublishedBy(_publisher);
        publication.Defer();
        publication.EndLoan();
        Assert.Equal("m", publication.Text());
    }

    [Fact]
    public void EndLoan_NobodyKept_CannotBeReadAndStillCounts()
    {
        var publication = Publications.Of("m").PublishedBy(_publisher);
        publication.EndLoan();
        Assert.Throws<ArgumentOutOfRangeException>(() => publication.Payload.Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => publication.Topic.Length);
        Assert.Equal(2, publication.SizeBytes);
        publication.Settle(PartOutcome.Done);
        Assert.Equal(ReasonCode.Success, _publisher.ReasonOf(publication));
    }

    [Fact]
    public void Settle_FromManyThreads_TellsOnce()
    {
        for (var round = 0; round < 200; round++)
        {
            var publication = Publications.Of("m").PublishedBy(_publisher);
            for (var part = 0; part < 16; part++) publication.AddPart();
            Parallel.For(0, 16, part => publication.Settle(part == 7 ? PartOutcome.Refused : PartOutcome.Done));
            Assert.Null(_publisher.ReasonOf(publication));
            publication.Settle(PartOutcome.NoReceiver);
            Assert.Equal(ReasonCode.QuotaExceeded, _publisher.ReasonOf(publication));
        }
    }

    [Fact]
    public void Settle_QoS0_TellsNobody()
    {
        var publication = Publications.Of("m", QoS.AtMostOnce).PublishedBy(_publisher);
        publication.AddPart();
        publication.Settle(PartOutcome.Done);
        publication.Settle(PartOutcome.NoReceiver);
        Assert.Equal((0, 0), (_publisher.SettledCount, _publisher.DeferredCount));
    }

    [Theory]
    [InlineData(QoS.AtMostOnce)]
    [InlineData(QoS.AtLeastOnce)]
    public void Settle_AfterDefer_TellsOnceAtEveryQoS(QoS qos)
    {
        var publication = Publications.Of("m", qos).PublishedBy(_publisher);
        publication.Defer();
        Assert.Equal(1, _publisher.DeferredCount);
        publication.AddPart();
        publication.Settle(PartOutcome.Done);
        Assert.Equal(0, _publisher.SettledCount);
        publication.Settle(PartOutcome.NoReceiver);
        Assert.Equal(ReasonCode.Success, _publisher.ReasonOf(publication));
    }

    [Fact]
    public void Settle_QoS0ThatIsRetained_LetsItsPublisherGo()
    {
        var (publication, publisher) = Settled();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.False(publisher.IsAlive);
        Assert.Equal("m", publication.Text());

        static (Publication Publication, WeakReference Publisher) Settled()
        {
            var publisher = new RecordingPublisher();
            var publication = Publications.Of("m", QoS.AtMostOnce, retain: true).PublishedBy(publisher);
            publication.Settle(PartOutcome.NoReceiver);
            return (publication, new WeakReference(publisher));
        }
    }

    [Fact]
    public void Again_OfASettledMessage_IsTheSameWithPartsOfItsOwn()
    {
        var publication = Publications.Of("m", QoS.ExactlyOnce, retain: true, packetIdentifier: 9, expiresAt: 77);
        var again = publication.Again();
        Assert.Equal(publication.Body, again.Body);
        Assert.Equal((QoS.ExactlyOnce, true, 77L, "publisher"), (again.QoS, again.Retain, again.ExpiresAtMilliseconds, again.PublisherClientId));
        Assert.Equal(0, again.PacketIdentifier);
        Assert.False(again.IsAwaited);
    }

    [Fact]
    public void ReturnedTo_WithAnOriginOrWithout_IsCarriedWithIt()
    {
        var shared = TopicFilter.Parse("$share/g/t");
        var origin = new MessageOrigin(1, 2, 3);
        var published = Publications.Of("m");
        published.Origin = origin;
        Assert.Null(published.ReturnedTo);
        Assert.Equal((null, origin), (published.For(7).ReturnedTo, published.For(7).Origin));

        var again = published.Again(shared);
        Assert.Equal((shared, null), (again.ReturnedTo, again.Origin));
        again.Origin = origin;
        Assert.Equal((shared, origin), (again.For(7).ReturnedTo, again.For(7).Origin));
        Assert.Null(again.Again().ReturnedTo);
    }

    [Fact]
    public void Body_ThreeParts_AreSeparate()
    {
        var publication = new Publication("topicpropspayload"u8.ToArray(), 5, 5, QoS.AtLeastOnce, false, "");
        Assert.True(publication.Topic.SequenceEqual("topic"u8));
        Assert.True(publication.ForwardedProperties.SequenceEqual("props"u8));
        Assert.True(publication.Payload.SequenceEqual("payload"u8));
        Assert.Equal((7, 17), (publication.PayloadLength, publication.SizeBytes));
    }
}
