using OrleansBroker.Api.Frame;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Api.Sessions;

/// <summary>The criteria by which sessions are asked for. Those that are given must all be met.</summary>
internal static class SessionParameters
{
    private const int MaxClientIdBytes = 2_048;
    private const int MaxNodeBytes = 256;
    private const int MaxAddressBytes = 64;

    private static readonly QueryParameter<bool?> Connected = Query.Switch("connected", "Whether a client is connected to it.");

    private static readonly QueryParameter<string?> ClientIdPrefix = Query.Text("clientIdPrefix", MaxClientIdBytes, "What the client id begins with.");

    private static readonly QueryParameter<string?> Username = Query.Text("username", TopicName.MaximumBytes, "Who connected last.");

    private static readonly QueryParameter<string?> Node = Query.Text("node", MaxNodeBytes, "The node that has its connection, as its ready line says it.");

    private static readonly QueryParameter<ProtocolVersion?> Version = Query.Choice("protocolVersion", ProtocolVersions.All, "MQTT version of its last CONNECT.");

    private static readonly QueryParameter<string?> SubscribedTo = Query.Text("subscribedTo", TopicName.MaximumBytes, "A filter that it has subscribed to, letter for letter, $share/name/ included.");

    private static readonly QueryParameter<string?> Matching = Query.Text("matching", TopicName.MaximumBytes, "A topic that one of its subscriptions matches, shared ones included.");

    private static readonly QueryParameter<long?> QueuedMin = Query.Whole("queuedMin", 0, int.MaxValue, "So many messages wait for its client, at least.");

    private static readonly QueryParameter<long?> InflightMin = Query.Whole("inflightMin", 0, int.MaxValue, "So many messages are on their way to its client and not acknowledged, at least.");

    private static readonly QueryParameter<DateTimeOffset?> LastSeenBefore = Query.Time("lastSeenBefore", "Its client was heard of before, and not since: by a packet, or by the end of its connection.");

    private static readonly QueryParameter<DateTimeOffset?> LastSeenAfter = Query.Time("lastSeenAfter", "Its client was heard of then, or since.");

    private static readonly QueryParameter<DateTimeOffset?> ExpiresBefore = Query.Time("expiresBefore", "It has no connection, and ends before unless it gets one.");

    private static readonly QueryParameter<string?> Ip = Query.Text("ip", MaxAddressBytes, "The IP address that its connection comes from.");

    public static QueryParameter[] Criteria { get; } =
        [Connected, ClientIdPrefix, Username, Node, Version, SubscribedTo, Matching, QueuedMin, InflightMin, LastSeenBefore, LastSeenAfter, ExpiresBefore, Ip];

    /// <exception cref="ApiProblemException">A filter, topic or address is none.</exception>
    public static SessionQuery Read(ApiQuery query) => new()
    {
        Connected = query.Get(Connected),
        ClientIdPrefix = query.Get(ClientIdPrefix) ?? "",
        UserName = query.Get(Username),
        Node = query.Get(Node),
        Version = (byte?)query.Get(Version),
        SubscribedTo = FilterOf(query.Get(SubscribedTo)),
        Matching = TopicOf(query.Get(Matching)),
        QueuedMin = (int?)query.Get(QueuedMin),
        InflightMin = (int?)query.Get(InflightMin),
        LastSeenBefore = query.Get(LastSeenBefore)?.ToUnixTimeMilliseconds(),
        LastSeenAfter = query.Get(LastSeenAfter)?.ToUnixTimeMilliseconds(),
        ExpiresBefore = query.Get(ExpiresBefore)?.ToUnixTimeMilliseconds(),
        Ip = AddressOf(query.Get(Ip)),
    };

    private static string? FilterOf(string? text) =>
        text is null || TopicText.FaultOfFilter(text) is not { } fault ? text : throw ApiProblem.InvalidParameter.Because($"{fault}.", SubscribedTo.Name);

    private static string? TopicOf(string? text) =>
        text is null || TopicText.FaultOfName(text) is not { } fault ? text : throw ApiProblem.InvalidParameter.Because($"{fault}.", Matching.Name);

    private static string? AddressOf(string? text) =>
        text is null ? null : AddressText.Parse(text) ?? throw ApiProblem.InvalidParameter.Because("ip accepts an IPv4 or IPv6 address.", Ip.Name);
}
