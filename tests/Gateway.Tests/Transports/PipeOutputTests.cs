using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using OrleansBroker.Gateway.Connections;
using OrleansBroker.Gateway.Tests.Connections;
using OrleansBroker.Gateway.Transports;
using OrleansBroker.Mqtt.Codec;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Gateway.Tests.Transports;

/// <summary>Where the socket is not ours, as behind TLS, the output goes through the connection's pipe.</summary>
public sealed class PipeOutputTests
{
    [Fact]
    public async Task RunAsync_ConnectionWithoutSocket_AnswersThroughThePipe()
    {
        var rig = new ConnectionRig();
        var input = new Pipe();
        var output = new Pipe();
        await using var context = new DefaultConnectionContext("1")
        {
            Transport = new Duplex(input.Reader, output.Writer),
            RemoteEndPoint = new IPEndPoint(IPAddress.Loopback, 1),
        };
        var connection = new KestrelConnection(context, rig.Services, ConnectionOrigin.Of(context.RemoteEndPoint));
        Assert.True(rig.Registry.Accepted(connection.Connection, 2));
        var run = connection.RunAsync();

        var connect = new ConnectPacket { Version = ProtocolVersion.Mqtt311, ClientId = "device", CleanStart = true };
        var bytes = new byte[PacketEncoder.Measure(connect, ProtocolVersion.Mqtt311)];
        PacketEncoder.Write(bytes, connect, ProtocolVersion.Mqtt311);
        byte[] all = [.. bytes, .. Wire.PingReq, 0xE0, 0];
        await input.Writer.WriteAsync(all, TestContext.Current.CancellationToken);
        await run.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        await output.Writer.CompleteAsync();
        var result = await output.Reader.ReadAtLeastAsync(6, TestContext.Current.CancellationToken);
        Assert.Equal([0x20, 2, 0, 0, .. Wire.PingResp], result.Buffer.FirstSpan.ToArray());
        Assert.False(Assert.Single(rig.Control.Ends).PublishWill);
    }

    [Fact]
    public async Task RunAsync_PipeTakesNoMore_EndsTheConnection()
    {
        var rig = new ConnectionRig();
        var input = new Pipe();
        var output = new Pipe();
        await output.Reader.CompleteAsync();
        await using var context = new DefaultConnectionContext("1") { Transport = new Duplex(input.Reader, output.Writer) };
        var connection = new KestrelConnection(context, rig.Services, default);
        var run = connection.RunAsync();
        var connect = new ConnectPacket { Version = ProtocolVersion.Mqtt311, ClientId = "device", CleanStart = true };
        var bytes = new byte[PacketEncoder.Measure(connect, ProtocolVersion.Mqtt311)];
        PacketEncoder.Write(bytes, connect, ProtocolVersion.Mqtt311);
        await input.Writer.WriteAsync(bytes, TestContext.Current.CancellationToken);
        await run.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.True(Assert.Single(rig.Control.Ends).PublishWill);
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
