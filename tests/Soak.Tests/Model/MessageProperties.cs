namespace OrleansBroker.Soak.Tests.Model;

/// <summary>Which properties a 5.0 publisher gave its message; their values follow from the message's number.</summary>
[Flags]
internal enum MessageProperties
{
    None = 0,
    ContentType = 1,
    ResponseTopic = 2,
    CorrelationData = 4,
    UserProperties = 8,
    Expiry = 16,
    FormatIndicator = 32,
    All = 63,
}
