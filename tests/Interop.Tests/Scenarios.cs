using OrleansBroker.TestKit;

namespace OrleansBroker.Interop.Tests;

/// <summary>What the scripts in <c>node</c> and <c>python</c> do, each scenario by its name.</summary>
public static class Scenarios
{
    private static readonly string[] EveryVersion = ["qos", "retained", "will", "shared", "persistent", "large"];

    // What the transport can make a difference to.
    private static readonly string[] EveryTransport = ["qos", "will", "persistent", "large"];

    private static readonly string[] Only50 =
        ["will-delay", "request-response", "properties", "receive-maximum", "message-expiry"];

    public static TheoryData<MqttVersion, string> OverWebSocket
    {
        get
        {
            var data = new TheoryData<MqttVersion, string>();
            foreach (var version in Enum.GetValues<MqttVersion>())
            {
                foreach (var scenario in EveryTransport)
                    data.Add(version, scenario);
            }

            return data;
        }
    }

    public static TheoryData<MqttVersion, string> All
    {
        get
        {
            var data = new TheoryData<MqttVersion, string>();
            foreach (var version in Enum.GetValues<MqttVersion>())
            {
                foreach (var scenario in EveryVersion.Concat(version == MqttVersion.V50 ? Only50 : []))
                    data.Add(version, scenario);
            }

            return data;
        }
    }

    /// <summary>Runs a script with the broker's address, the version, the scenario and the transport as its arguments.</summary>
    public static async Task RunAsync(string command, string folder, string script, Endpoint broker, MqttVersion version, string scenario)
    {
        await using var tool = ExternalTool.Start(
            Repository.PathOf("tests", "Interop.Tests", folder),
            command,
            script,
            broker.Host,
            broker.PortText,
            $"{(int)version}",
            scenario,
            broker.Transport == TransportKind.WebSocket ? "websocket" : "tcp");
        (await tool.WaitAsync()).EnsureSuccess();
    }
}
