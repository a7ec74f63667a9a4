using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Api.Sessions;

/// <summary>MQTT's versions as people call them.</summary>
internal static class ProtocolVersions
{
    public static IReadOnlyList<(string Name, ProtocolVersion Version)> All { get; } =
        [("3.1", ProtocolVersion.Mqtt31), ("3.1.1", ProtocolVersion.Mqtt311), ("5.0", ProtocolVersion.Mqtt5)];

    /// <summary>Null for one that is not known.</summary>
    public static string? NameOf(byte level) => All.FirstOrDefault(each => (byte)each.Version == level).Name;
}
