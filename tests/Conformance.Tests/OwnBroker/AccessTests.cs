using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.OwnBroker;

/// <summary>Users from a file that the program's own command wrote, and rules from another.</summary>
public sealed class AccessTests
{
    private const byte BadUserNameOrPassword = 0x86;
    private const byte NotAuthorized = 0x87;

    [Theory]
    [InlineData(MqttVersion.V31, (byte)4, (byte)5)]
    [InlineData(MqttVersion.V311, (byte)4, (byte)5)]
    [InlineData(MqttVersion.V50, BadUserNameOrPassword, NotAuthorized)]
    public async Task PasswordFile_Credentials_DecideWhoConnects(MqttVersion version, byte wrong, byte missing)
    {
        using var folder = new TemporaryFolder();
        await using var broker = await StartAsync(folder);
        Assert.Equal(Reason.Success, await ConnectAsync(broker, version, "ann", "right"));
        Assert.Equal(wrong, await ConnectAsync(broker, version, "ann", "wrong"));
        Assert.Equal(wrong, await ConnectAsync(broker, version, "nobody", "right"));
        Assert.Equal(missing, await ConnectAsync(broker, version, userName: null, password: null));
        Assert.Equal(Reason.Success, await ConnectAsync(broker, version, "ann", "right"));
    }

    [Fact]
    public async Task AuthorizationFile_Forbidden_IsRefusedIn50()
    {
        using var folder = new TemporaryFolder();
        await using var broker = await StartAsync(folder);
        await using var client = await broker.ConnectAsync(Request(MqttVersion.V50, "ann", "right"));
        await using var bob = await broker.ConnectAsync(Request(MqttVersion.V50, "bob", "right"));

        Assert.Equal([1, 1, NotAuthorized, NotAuthorized, 1], (await client.SubscribeWithAckAsync(
            [("users/ann/#", 1), ("open/t", 1), ("users/bob/#", 1), ("#", 1), ("$share/g/open/#", 1)])).ReasonCodes);
        Assert.Equal(Reason.Success, await PublishAsync(client, "users/ann/x", 1));
        Assert.Equal("users/ann/x", (await client.ReceiveAsync()).Topic);
        Assert.Equal(NotAuthorized, await PublishAsync(client, "users/bob/x", 1));
        Assert.Equal(NotAuthorized, await PublishAsync(client, "users/bob/x", 2));
        await client.SendAsync(Packet.Publish(MqttVersion.V50, "users/bob/x", [1]));
        await client.ExpectNothingAsync();
        Assert.Equal([1], (await bob.SubscribeWithAckAsync([("users/bob/#", 1)])).ReasonCodes);
        await bob.ExpectNothingAsync(TimeSpan.FromMilliseconds(300));
    }

    [Fact]
    public async Task AuthorizationFile_ForbiddenIn311_IsNotDelivered()
    {
        using var folder = new TemporaryFolder();
        await using var broker = await StartAsync(folder);
        await using var bob = await broker.ConnectAsync(Request(MqttVersion.V311, "bob", "right"));
        await bob.SubscribeAsync("users/bob/#", 1);
        await using var ann = await broker.ConnectAsync(Request(MqttVersion.V311, "ann", "right"));
        Assert.Equal([0x80], (await ann.SubscribeWithAckAsync([("users/bob/#", 1)])).ReasonCodes);
        await ann.SendAsync(Packet.Publish(MqttVersion.V311, "users/bob/x", [1]));
        // PUBACK or the end of the connection: 3.1.1 has no refusal.
        await ann.SendAsync(Packet.PingReq);
        await Task.WhenAny(ann.Ended, ann.WaitForFrameAsync());
        await bob.ExpectNothingAsync(TimeSpan.FromMilliseconds(300));
    }

    private static async Task<OwnBroker> StartAsync(TemporaryFolder folder)
    {
        Assert.SkipWhen(BrokerProcess.IsForeign, "the test sets options of this broker");
        var users = Path.Combine(folder.Path, "users");
        var rules = Path.Combine(folder.Path, "rules");
        foreach (var user in new[] { "ann", "bob" })
        {
            var result = await ExternalTool.RunAsync(
                "sh", "-c", $"echo right | '{BrokerProcess.ProgramPath()}' password --file '{users}' --user {user} --iterations 1000");
            result.EnsureSuccess();
        }

        await File.WriteAllTextAsync(rules, "allow all all users/%u/#\nallow all all open/#\ndefault deny\n");
        return await OwnBroker.StartAsync($"Broker:Authentication:PasswordFile={users}", $"Broker:Authorization:File={rules}");
    }

    private static ConnectRequest Request(MqttVersion version, string? userName, string? password) =>
        new(version, Unique.ClientId())
        {
            UserName = userName,
            Password = password is null ? null : System.Text.Encoding.UTF8.GetBytes(password),
        };

    private static async Task<byte> ConnectAsync(OwnBroker broker, MqttVersion version, string? userName, string? password)
    {
        await using var client = await RawClient.OpenAsync(broker.Endpoint, version);
        await client.SendAsync(Request(version, userName, password).ToBytes());
        var reason = (await client.ExpectAsync(PacketType.ConnAck)).ToConnAck(version).ReasonCode;
        if (reason == Reason.Success)
            await client.DisconnectAsync();
        else
            await client.ExpectClosedAsync();
        return reason;
    }

    private static async Task<byte> PublishAsync(RawClient client, string topic, int qos)
    {
        var id = client.NextPacketIdentifier();
        await client.SendAsync(Packet.Publish(client.Version, topic, [1], qos, id));
        return (await client.ExpectAckAsync(qos == 1 ? PacketType.PubAck : PacketType.PubRec, id)).ReasonCode;
    }
}
