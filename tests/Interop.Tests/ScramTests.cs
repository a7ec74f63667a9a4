using MQTTnet;
using OrleansBroker.TestKit;

namespace OrleansBroker.Interop.Tests;

/// <summary>Enhanced authentication with MQTTnet, whose user brings the method's computations.</summary>
public sealed class ScramTests
{
    [Theory]
    [InlineData("SCRAM-SHA-256", "sha256")]
    [InlineData("SCRAM-SHA-512", "sha512")]
    public async Task Connect_Scram_ProvesBothSides(string method, string algorithm)
    {
        Assert.SkipWhen(BrokerProcess.IsForeign, "the test sets options of this broker");
        var folder = Directory.CreateTempSubdirectory("interop-");
        try
        {
            var users = Path.Combine(folder.FullName, "users");
            (await ExternalTool.RunAsync(
                "sh", "-c", $"echo right | '{BrokerProcess.ProgramPath()}' password --file '{users}' --user ann --algorithm {algorithm} --iterations 4096")).EnsureSuccess();
            await using var broker = await BrokerProcess.StartAsync($"Broker:Authentication:PasswordFile={users}", $"Broker:Authentication:Methods={method}");

            var scram = new ScramClient(method, "ann", "right");
            var result = await ConnectAsync(broker, scram);
            Assert.Equal(MqttClientConnectResultCode.Success, result.ResultCode);
            Assert.Equal(method, result.AuthenticationMethod);
            Assert.True(scram.IsServer(result.AuthenticationData));

            Assert.NotEqual(MqttClientConnectResultCode.Success, (await ConnectAsync(broker, new ScramClient(method, "ann", "wrong"))).ResultCode);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<MqttClientConnectResult> ConnectAsync(BrokerProcess broker, ScramClient scram)
    {
        using var client = new MqttClientFactory().CreateMqttClient();
        var options = new MqttClientOptionsBuilder()
            .WithTcpServer(broker.Tcp.Host, broker.Tcp.Port)
            .WithProtocolVersion(MQTTnet.Formatter.MqttProtocolVersion.V500)
            .WithEnhancedAuthentication(scram.Method, scram.First())
            .WithEnhancedAuthenticationHandler(new Handler(scram))
            .Build();
        return await client.ConnectAsync(options);
    }

    private sealed class Handler(ScramClient scram) : IMqttEnhancedAuthenticationHandler
    {
        public Task HandleEnhancedAuthenticationAsync(MqttEnhancedAuthenticationEventArgs eventArgs) =>
            eventArgs.SendAsync(new SendMqttEnhancedAuthenticationDataOptions { Data = scram.Final(eventArgs.AuthenticationData) }, eventArgs.CancellationToken);
    }
}
