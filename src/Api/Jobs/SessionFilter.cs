using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using OrleansBroker.Api.Frame;
using OrleansBroker.Api.Sessions;
using OrleansBroker.Grains.Sessions;

namespace OrleansBroker.Api.Jobs;

/// <summary>Which sessions: the names and meanings of the listing's query parameters.</summary>
[Description("Which sessions: those that meet every criterion, as in `GET /api/v1/sessions`. Without any: all.")]
internal sealed record SessionFilter(
    bool? Connected = null,
    string? ClientIdPrefix = null,
    string? Username = null,
    string? Node = null,
    [property: AllowedValues("3.1", "3.1.1", "5.0")] string? ProtocolVersion = null,
    string? SubscribedTo = null,
    string? Matching = null,
    [property: Range(0, int.MaxValue)] int? QueuedMin = null,
    [property: Range(0, int.MaxValue)] int? InflightMin = null,
    DateTimeOffset? LastSeenBefore = null,
    DateTimeOffset? LastSeenAfter = null,
    DateTimeOffset? ExpiresBefore = null,
    string? Ip = null)
{
    /// <exception cref="ApiProblemException">A value cannot be one.</exception>
    public SessionQuery ToQuery()
    {
        Require(ProtocolVersion is null || VersionOf(ProtocolVersion) is not null, "protocolVersion", string.Join(", ", ProtocolVersions.All.Select(static each => each.Name)));
        Require(SubscribedTo is null || TopicText.FaultOfFilter(SubscribedTo) is null, "subscribedTo", "a topic filter");
        Require(Matching is null || TopicText.FaultOfName(Matching) is null, "matching", "a topic name");
        Require(QueuedMin is null or >= 0, "queuedMin", "0 or more");
        Require(InflightMin is null or >= 0, "inflightMin", "0 or more");
        Require(Ip is null || AddressText.Parse(Ip) is not null, "ip", "an IPv4 or IPv6 address");
        return new SessionQuery
        {
            Connected = Connected,
            ClientIdPrefix = ClientIdPrefix ?? "",
            UserName = Username,
            Node = Node,
            Version = ProtocolVersion is null ? null : VersionOf(ProtocolVersion),
            SubscribedTo = SubscribedTo,
            Matching = Matching,
            QueuedMin = QueuedMin,
            InflightMin = InflightMin,
            LastSeenBefore = LastSeenBefore?.ToUnixTimeMilliseconds(),
            LastSeenAfter = LastSeenAfter?.ToUnixTimeMilliseconds(),
            ExpiresBefore = ExpiresBefore?.ToUnixTimeMilliseconds(),
            Ip = Ip is null ? null : AddressText.Parse(Ip),
        };
    }

    public static SessionFilter Of(SessionQuery query) => new(
        query.Connected,
        query.ClientIdPrefix.Length == 0 ? null : query.ClientIdPrefix,
        query.UserName,
        query.Node,
        query.Version is { } level ? ProtocolVersions.NameOf(level) : null,
        query.SubscribedTo,
        query.Matching,
        query.QueuedMin,
        query.InflightMin,
        Time(query.LastSeenBefore),
        Time(query.LastSeenAfter),
        Time(query.ExpiresBefore),
        query.Ip);

    private static DateTimeOffset? Time(long? milliseconds) => milliseconds is { } time ? Times.Of(time) : null;

    private static void Require(bool condition, string name, string accepted)
    {
        if (!condition)
            throw ApiProblem.InvalidBody.Because($"filter.{name} accepts {accepted}.", name);
    }

    private static byte? VersionOf(string name)
    {
        foreach (var (known, version) in ProtocolVersions.All)
        {
            if (known == name)
                return (byte)version;
        }
        return null;
    }
}
