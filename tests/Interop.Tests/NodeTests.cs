using OrleansBroker.TestKit;

namespace OrleansBroker.Interop.Tests;

/// <summary>npm's <c>mqtt</c>; <c>npm ci</c> in the folder <c>node</c> comes first.</summary>
public sealed class NodeTests(BrokerFixture broker) : IClassFixture<BrokerFixture>
{
    [Theory]
    [MemberData(nameof(Scenarios.All), MemberType = typeof(Scenarios))]
    public Task Node_Scenario_Succeeds(MqttVersion version, string scenario) =>
        Scenarios.RunAsync("node", "node", "interop.mjs", broker.Tcp, version, scenario);

    [Theory]
    [MemberData(nameof(Scenarios.OverWebSocket), MemberType = typeof(Scenarios))]
    public Task Node_ScenarioOverWebSocket_Succeeds(MqttVersion version, string scenario) =>
        Scenarios.RunAsync("node", "node", "interop.mjs", broker.WebSocket, version, scenario);
}
