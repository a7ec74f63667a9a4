using OrleansBroker.TestKit;

namespace OrleansBroker.Durability.Tests;

/// <summary>The folder of the embedded store belongs to one process.</summary>
public sealed class SecondProcessTests
{
    [Fact]
    public async Task Start_OnAFolderThatABrokerHasOpen_IsRefusedWithItsNameAndTheFirstGoesOn()
    {
        var data = Directory.CreateTempSubdirectory("orleans-broker-second-").FullName;
        try
        {
            await using var first = await BrokerProcess.StartAsync($"Broker:Storage:Path={data}");
            var second = await ExternalTool.RunAsync(
                BrokerProcess.ProgramPath(), $"--Broker:Storage:Path={data}", "--Broker:Listeners:Tcp=127.0.0.1:0", "--Broker:Listeners:WebSocket=", "--Broker:Http:Listen=127.0.0.1:0", "--Broker:Cluster:SiloPort=0");
            Assert.Equal(1, second.ExitCode);
            Assert.Contains($"Broker:Storage:Path: The store at '{data}' is in use by another process", second.Errors, StringComparison.Ordinal);
            await using var client = await RawClient.ConnectAsync(first.Tcp, MqttVersion.V50);
            await client.PingAsync();
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }
}
