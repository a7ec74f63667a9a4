using OrleansBroker.TestKit;

namespace OrleansBroker.Durability.Tests;

/// <summary>A copy of the store, taken while the broker runs.</summary>
public sealed class CheckpointTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("orleans-broker-checkpoint-").FullName;

    private string Data => Path.Combine(_folder, "data");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Checkpoint_WhileTheBrokerRuns_IsWhatABrokerStartsFrom()
    {
        var copy = Path.Combine(_folder, "copy");
        await using (var broker = await BrokerProcess.StartAsync($"Broker:Storage:Path={Data}"))
        {
            await using (var away = await RawClient.ConnectAsync(broker.Tcp, ConnectRequest.Persistent(MqttVersion.V50, "away", 3600)))
            {
                await away.SubscribeAsync("t/#", 1);
                await away.DisconnectAsync();
            }

            await using var publisher = await RawClient.ConnectAsync(broker.Tcp, MqttVersion.V50);
            await publisher.PublishAsync("t/kept", "before", qos: 1, retain: true);
            Assert.Equal(0, (await RunAsync(copy)).ExitCode);
            await publisher.PublishAsync("t/kept", "after", qos: 1, retain: true);
        }

        await using var restored = await BrokerProcess.StartAsync($"Broker:Storage:Path={copy}");
        var (client, connAck) = await RawClient.ConnectWithAckAsync(restored.Tcp, ConnectRequest.Persistent(MqttVersion.V50, "away", 3600));
        await using (client)
        {
            Assert.True(connAck.SessionPresent);
            Assert.Equal("before", (await client.ReceiveAsync()).Text);
            await client.SubscribeAsync("t/kept", 0);
            var kept = await client.ReceiveAsync();
            Assert.Equal(("before", true), (kept.Text, kept.Retain));
        }
    }

    [Fact]
    public async Task Checkpoint_FolderExistsOrNoBroker_IsRefusedWithItsReason()
    {
        await using (var broker = await BrokerProcess.StartAsync($"Broker:Storage:Path={Data}"))
        {
            var exists = await RunAsync(_folder);
            Assert.Equal(1, exists.ExitCode);
            Assert.Contains("it exists already", exists.Errors, StringComparison.Ordinal);
        }

        var alone = await RunAsync(Path.Combine(_folder, "copy"));
        Assert.Equal(1, alone.ExitCode);
        Assert.Contains("no broker that has the store in", alone.Errors, StringComparison.Ordinal);
    }

    private Task<ToolResult> RunAsync(string to) => ExternalTool.RunAsync(BrokerProcess.ProgramPath(), "checkpoint", "--path", Data, "--to", to);
}
