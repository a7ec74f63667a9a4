using Microsoft.Extensions.Logging;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Gateway.Connections;

/// <summary>One line for each connect, end and refusal, but never a flood: what a kind's rate leaves out is counted in its next line.</summary>
internal sealed partial class ConnectionLog(ILogger<ConnectionLog> logger, TimeProvider time)
{
    private readonly LogThrottle _connected = new(time);
    private readonly LogThrottle _ended = new(time);
    private readonly LogThrottle _refused = new(time);
    private readonly LogThrottle _failed = new(time);

    public void Connected(Connection connection, ConnectPacket packet)
    {
        if (logger.IsEnabled(LogLevel.Information) && _connected.TryTake(out var leftOut))
        {
            var keepAlive = packet.KeepAliveSeconds;
            LogConnected(connection.ClientId, connection.Origin.Remote, (int)packet.Version, packet.CleanStart, keepAlive, leftOut);
        }
    }

    public void Closed(Connection connection, CloseCause cause, ReasonCode reason)
    {
        var isRefusal = cause is CloseCause.Refused or CloseCause.NotMqtt or CloseCause.ConnectTimeout or CloseCause.ProtocolViolation or CloseCause.OutputOverflow
                or CloseCause.ReauthenticationFailed or CloseCause.StoreUnavailable;
        if (isRefusal)
        {
            if (logger.IsEnabled(LogLevel.Warning) && _refused.TryTake(out var leftOut))
                LogRefused(connection.ClientId, connection.Origin.Remote, cause, reason, leftOut);
        }
        else if (logger.IsEnabled(LogLevel.Information) && _ended.TryTake(out var leftOut))
        {
            LogEnded(connection.ClientId, connection.Origin.Remote, cause, reason, leftOut);
        }
    }

    public void ControlFailed(Connection connection, string operation, Exception failure)
    {
        if (logger.IsEnabled(LogLevel.Error) && _failed.TryTake(out var leftOut))
            LogControlFailed(connection.ClientId, operation, leftOut, failure);
    }

    public void Faulted(Connection connection, Exception fault)
    {
        if (logger.IsEnabled(LogLevel.Error) && _failed.TryTake(out var leftOut))
            LogFaulted(connection.ClientId, connection.Origin.Remote, leftOut, fault);
    }

    [LoggerMessage(1000, LogLevel.Information, "connected client={ClientId} from={Remote} version={Version} cleanStart={CleanStart} keepAlive={KeepAlive} leftOut={LeftOut}")]
    private partial void LogConnected(string clientId, object? remote, int version, bool cleanStart, int keepAlive, long leftOut);

    [LoggerMessage(1001, LogLevel.Information, "disconnected client={ClientId} from={Remote} cause={Cause} reason={Reason} leftOut={LeftOut}")]
    private partial void LogEnded(string clientId, object? remote, CloseCause cause, ReasonCode reason, long leftOut);

    [LoggerMessage(1002, LogLevel.Warning, "refused client={ClientId} from={Remote} cause={Cause} reason={Reason} leftOut={LeftOut}")]
    private partial void LogRefused(string clientId, object? remote, CloseCause cause, ReasonCode reason, long leftOut);

    [LoggerMessage(1003, LogLevel.Error, "{Operation} of client={ClientId} failed leftOut={LeftOut}")]
    private partial void LogControlFailed(string clientId, string operation, long leftOut, Exception failure);

    [LoggerMessage(1004, LogLevel.Error, "the connection of client={ClientId} from={Remote} met a fault leftOut={LeftOut}")]
    private partial void LogFaulted(string clientId, object? remote, long leftOut, Exception fault);
}
