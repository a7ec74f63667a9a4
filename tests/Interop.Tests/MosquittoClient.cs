using OrleansBroker.TestKit;

namespace OrleansBroker.Interop.Tests;

/// <summary>Starts mosquitto's command line clients against one broker in one version.</summary>
internal sealed class MosquittoClient(Endpoint broker, MqttVersion version)
{
    private string VersionName => version switch
    {
        MqttVersion.V31 => "mqttv31",
        MqttVersion.V311 => "mqttv311",
        _ => "mqttv5",
    };

    public async Task PublishAsync(params IEnumerable<string> arguments)
    {
        await using var tool = Start("mosquitto_pub", arguments);
        (await tool.WaitAsync()).EnsureSuccess();
    }

    /// <summary>Subscribes and, when SUBACK has come, returns the running subscriber; <c>-d</c> prints what comes and goes.</summary>
    public async Task<ExternalTool> SubscribeAsync(params IEnumerable<string> arguments)
    {
        var tool = Start("mosquitto_sub", ["-d", .. arguments]);
        try
        {
            await tool.WaitForLineAsync("Subscribed (mid: ");
            return tool;
        }
        catch
        {
            await tool.DisposeAsync();
            throw;
        }
    }

    public async Task<ToolResult> ReceiveAsync(params IEnumerable<string> arguments)
    {
        await using var tool = Start("mosquitto_sub", ["-W", "20", .. arguments]);
        return (await tool.WaitAsync()).EnsureSuccess();
    }

    public async Task<ToolResult> RequestAsync(params IEnumerable<string> arguments)
    {
        await using var tool = Start("mosquitto_rr", ["-W", "20", .. arguments]);
        return (await tool.WaitAsync()).EnsureSuccess();
    }

    /// <summary>What a subscriber printed, without the lines of <c>-d</c>.</summary>
    public static IReadOnlyList<string> Messages(string output) =>
        [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line =>
            !line.StartsWith("Client ", StringComparison.Ordinal) && !line.StartsWith("Subscribed ", StringComparison.Ordinal))];

    // Line buffered: behind a pipe the clients would keep what they print.
    private ExternalTool Start(string command, IEnumerable<string> arguments) => ExternalTool.Start(
        Environment.CurrentDirectory,
        "stdbuf",
        ["-oL", command, "-h", broker.Host, "-p", broker.PortText, "-V", VersionName, .. arguments]);
}
