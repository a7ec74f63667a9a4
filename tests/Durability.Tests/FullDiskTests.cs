using OrleansBroker.TestKit;

namespace OrleansBroker.Durability.Tests;

/// <summary>The embedded store on a disk that is full: nothing is acknowledged that is not stored, the rest goes on, and room is all that is needed to recover.</summary>
public sealed class FullDiskTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("orleans-broker-disk-").FullName;

    private string Disk => Path.Combine(_folder, "disk");

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Disk);
        await MountAsync("size=24m");
    }

    public async ValueTask DisposeAsync()
    {
        (await ExternalTool.RunAsync("umount", "--lazy", Disk)).EnsureSuccess();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Publish_DiskFull_IsRefusedUntilThereIsRoomAndThenAllAcknowledgedIsThere()
    {
        string[] settings = [$"Broker:Storage:Path={Path.Combine(Disk, "data")}", "Broker:Timing:StoreWait=1s"];
        var payload = new string('x', 200_000);
        List<int> acknowledged = [];
        await using (var broker = await BrokerProcess.StartAsync(settings))
        {
            await using (var away = await RawClient.ConnectAsync(broker.Tcp, ConnectRequest.Persistent(MqttVersion.V50, "away", 3600)))
            {
                await away.SubscribeAsync("t", 1);
                await away.DisconnectAsync();
            }

            await using var online = await RawClient.ConnectAsync(broker.Tcp, MqttVersion.V50);
            await online.SubscribeAsync("zero", 0);
            await using var publisher = await RawClient.ConnectAsync(broker.Tcp, MqttVersion.V50);
            byte reason;
            var number = 0;
            for (; (reason = await PublishAsync(publisher, ++number, payload)) == Reason.Success; acknowledged.Add(number)) Assert.True(number < 1_000);
            Assert.Equal(Reason.QuotaExceeded, reason);

            await publisher.PublishAsync("zero", "goes on");
            Assert.Equal("goes on", (await online.ReceiveAsync()).Text);
            await MountAsync("remount,size=96m");
            while (await PublishAsync(publisher, ++number, payload) != Reason.Success) Assert.True(number < 1_000);
            acknowledged.Add(number);
            await broker.KillAsync();
        }

        await using var again = await BrokerProcess.StartAsync(settings);
        await using var client = await RawClient.ConnectAsync(again.Tcp, ConnectRequest.Persistent(MqttVersion.V50, "away", 3600));
        List<int> received = [];
        while (received.Count == 0 || received[^1] != acknowledged[^1]) received.Add(int.Parse((await client.ReceiveAsync()).Text.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture));
        Assert.Empty(acknowledged.Except(received));
        Assert.Equal(received.Order(), received);
    }

    private static async Task<byte> PublishAsync(RawClient publisher, int number, string payload)
    {
        await publisher.SendAsync(Packet.Publish(MqttVersion.V50, "t", System.Text.Encoding.ASCII.GetBytes($"{number} {payload}"), 1, number));
        return (await publisher.ExpectAckAsync(PacketType.PubAck, number)).ReasonCode;
    }

    private async Task MountAsync(string options) => (await ExternalTool.RunAsync("mount", "-t", "tmpfs", "-o", options, "none", Disk)).EnsureSuccess();
}
