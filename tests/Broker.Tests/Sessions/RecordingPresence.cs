using OrleansBroker.Broker.Sessions;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Broker.Tests.Sessions;

/// <summary>Keeps what a session tells of itself, as text.</summary>
internal sealed class RecordingPresence : IPresence
{
    private readonly List<string> _told = [];

    public void Changed(Session session, PresenceChange change, ISessionConnection? connection, ReasonCode reason) =>
        _told.Add($"{change} {session.Incarnation}/{session.Epoch}{(connection is null ? "" : $" on {connection.ConnectionId}")}{(reason == ReasonCode.Success ? "" : $" {(byte)reason:x2}")}");

    /// <summary>What was told since the last call.</summary>
    public string[] Take()
    {
        string[] taken = [.. _told];
        _told.Clear();
        return taken;
    }
}
