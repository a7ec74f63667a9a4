using OrleansBroker.Broker.Sessions;
using OrleansBroker.Broker.Tests.Messages;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Broker.Tests.Sessions;

public sealed class OutboundQueueTests
{
    private static OutboundMessage Message(int sequence, QoS qos = QoS.AtLeastOnce) =>
        new() { Sequence = sequence, QoS = qos, Publication = Publications.Of(new string('x', sequence % 7)) };

    [Fact]
    public void Queue_RandomOperations_AgreesWithAList()
    {
        var random = new Random(7);
        var queue = new OutboundQueue();
        var model = new List<OutboundMessage>();
        for (var step = 0; step < 5000; step++)
        {
            if (random.Next(100) < 55)
            {
                var message = Message(step, (QoS)random.Next(2));
                queue.Enqueue(message);
                model.Add(message);
            }
            else if (model.Count > 0 && random.Next(30) > 0)
            {
                Assert.Equal(model[0].Sequence, queue.Peek().Sequence);
                Assert.Equal(model[0].Sequence, queue.Dequeue().Sequence);
                model.RemoveAt(0);
            }
            else
            {
                var taken = queue.TakeWhere(3, static (divisor, message) => message.Sequence % divisor == 0);
                Assert.Equal(model.Where(static message => message.Sequence % 3 == 0).Select(static message => message.Sequence), taken.Select(static message => message.Sequence));
                model.RemoveAll(static message => message.Sequence % 3 == 0);
            }

            Assert.Equal((model.Count, model.Sum(static message => (long)message.Publication!.SizeBytes)), (queue.Count, queue.Bytes));
            Assert.Equal(model.Count(static message => message.QoS == QoS.AtMostOnce), queue.AtMostOnceCount);
        }
    }

    [Fact]
    public void Clear_WithMessages_LeavesNothing()
    {
        var queue = new OutboundQueue();
        queue.Enqueue(Message(1, QoS.AtMostOnce));
        queue.Clear();
        Assert.Equal((0, 0, 0), (queue.Count, queue.Bytes, queue.AtMostOnceCount));
    }
}
