using Microsoft.Extensions.Logging;
using OrleansBroker.Gateway.Connections;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Gateway.Tests.Connections;

public sealed class ConnectionLogTests
{
    [Fact]
    public async Task Connection_ConnectsAndEnds_HasOneLineForEach()
    {
        var lines = new Lines();
        var rig = new ConnectionRig(log: lines);
        rig.Connect();
        rig.Send(0xE0, 0);
        await rig.Connection.ControlIdleAsync();
        Assert.Equal(
            [
                "Information connected client=device from=127.0.0.1:1234 version=5 cleanStart=True keepAlive=60 leftOut=0",
                "Information disconnected client=device from=127.0.0.1:1234 cause=ClientDisconnect reason=NormalDisconnection leftOut=0",
            ],
            lines);
    }

    [Fact]
    public async Task Connection_IsRefused_HasOneLineWithTheReason()
    {
        var lines = new Lines();
        var rig = new ConnectionRig(log: lines);
        rig.Control.ConnectAnswer = ReasonCode.ServerUnavailable;
        rig.Connect();
        await rig.Connection.ControlIdleAsync();
        Assert.Equal(["Warning refused client=device from=127.0.0.1:1234 cause=Refused reason=ServerUnavailable leftOut=0"], lines);
    }

    private sealed class Lines : List<string>, ILogger<ConnectionLog>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Add($"{logLevel} {formatter(state, exception)}");
    }
}
