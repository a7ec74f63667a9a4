using OrleansBroker.Soak.Tests.Model;

namespace OrleansBroker.Soak.Tests.ModelTests;

/// <summary>A round made by hand. Stamps are small numbers; each session is connected from 0 to 1 on.</summary>
internal sealed class RoundBuilder
{
    private readonly List<SessionRecord> _sessions = [];
    private readonly Dictionary<long, Message> _messages = [];

    public static Message Message(
        long id, string topic, int qos, long begin, long end, bool retain = false, int length = 20, bool isCertain = true, string clientId = "publisher")
    {
        var attempt = new Attempt(begin);
        if (isCertain)
            attempt.Accepted(end);
        else
            attempt.Lost(end);
        var message = new Message { Id = id, ClientId = clientId, Topic = topic, QoS = qos, Retain = retain, Length = length, Order = id };
        message.Attempts.Add(attempt);
        return message;
    }

    public SessionRecord Session(string clientId = "subscriber")
    {
        var session = new SessionRecord(clientId, "made by hand");
        session.Connections.Add(new ConnectionRecord(1, new Window(0, 1), isPrompt: true));
        _sessions.Add(session);
        return session;
    }

    /// <summary>Subscribes in the window 10 to 20.</summary>
    public SessionRecord Subscriber(Grant grant, string clientId = "subscriber")
    {
        var session = Session(clientId);
        Subscribe(session, grant, new Window(10, 20));
        return session;
    }

    public static void Subscribe(SessionRecord session, Grant grant, Window when)
    {
        session.Timeline(grant.Text).Add(when, grant);
        if (grant is { ShareName: null, RetainHandling: 0 })
            session.Reads.Add(new SubscribeRead(when, grant, IsRequired: true));
    }

    /// <summary>Publishes in the window 30 to 40, unless told otherwise.</summary>
    public Message Publish(long id, string topic, int qos, long begin = 30, long end = 40, bool retain = false, int length = 20, bool isCertain = true, string clientId = "publisher") =>
        _messages[id] = Message(id, topic, qos, begin, end, retain, length, isCertain, clientId);

    public static Copy Receive(SessionRecord session, Message message, int qos, bool retain = false, string identifiers = "", long stamp = 50)
    {
        var copy = new Copy(message.Id, message.Topic, new Delivery(qos, retain, identifiers), stamp, 1, Dup: false);
        session.Connections[^1].Copies.Add(copy);
        return copy;
    }

    public string[] Check() => [.. RoundCheck.Run(new RoundRecord(_sessions, _messages)).Select(difference => difference.What).Order()];
}
