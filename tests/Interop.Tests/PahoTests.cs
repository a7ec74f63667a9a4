using OrleansBroker.TestKit;

namespace OrleansBroker.Interop.Tests;

/// <summary>Eclipse paho for Python, as Debian packs it for the system's Python.</summary>
public sealed class PahoTests(BrokerFixture broker) : IClassFixture<BrokerFixture>
{
    [Theory]
    [MemberData(nameof(Scenarios.All), MemberType = typeof(Scenarios))]
    public Task Paho_Scenario_Succeeds(MqttVersion version, string scenario) =>
        Scenarios.RunAsync("/usr/bin/python3", "python", "interop.py", broker.Tcp, version, scenario);

    [Theory]
    [MemberData(nameof(Scenarios.OverWebSocket), MemberType = typeof(Scenarios))]
    public Task Paho_ScenarioOverWebSocket_Succeeds(MqttVersion version, string scenario) =>
        Scenarios.RunAsync("/usr/bin/python3", "python", "interop.py", broker.WebSocket, version, scenario);
}
