namespace OrleansBroker.Soak.Tests.Clients;

/// <summary>When a client acknowledges what it receives.</summary>
internal enum AnswerStyle
{
    Prompt,

    /// <summary>Later, in order [MQTT5-4.6.0-2] to [MQTT5-4.6.0-4].</summary>
    Slow,

    /// <summary>Later, in any order: what the standard asks of clients differently, and no broker may stumble over.</summary>
    Shuffled,

    /// <summary>Some never on this connection: the flows outlive it.</summary>
    Holding,
}
