using System.Net.Sockets;
using OrleansBroker.Broker.Options;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Gateway.Tests.Connections;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Mqtt.Codec;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Gateway.Tests.Transports;

/// <content>Output that the client does not take, and the end from the broker's side.</content>
public abstract partial class TcpTransportContract
{
    [Fact]
    public async Task Publish_ToASlowReader_IsFullThenDrainedAndWhole()
    {
        await using var rig = await StartAsync(new LimitsOptions { MaxOutputBytes = 100_000 });
        using var socket = await ConnectAsync(rig, receiveBufferBytes: 4_096);
        var connection = Assert.Single(Connections(rig));
        var drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        rig.Control.Session.OnDrained = drained.SetResult;
        var message = Wire.Message("t", new string('x', 50_000));
        var sent = 0;
        while (connection.Publish(Wire.Outbound(message)) == SendOutcome.Sent)
            Assert.True(++sent < 10_000, "the output is never full");

        var length = PacketEncoder.PublishLength(ProtocolVersion.Mqtt5, 1, hasPacketIdentifier: false, 0, 50_000);
        Assert.Equal(sent * length, (await ReadAsync(socket, sent * length)).Length);
        await drained.Task.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        Assert.Equal(SendOutcome.Sent, connection.Publish(Wire.Outbound(message)));
        await ReadAsync(socket, length);
    }

    [Fact]
    public async Task Close_ByTheServer_TheLastPacketReachesAClientThatStillSends()
    {
        await using var rig = await StartAsync();
        using var socket = await ConnectAsync(rig);
        // The violation in front of much that stays unread: a socket closed with unread input would send a reset and take DISCONNECT with it.
        await SendAsync(socket, [0x20, 0, .. new byte[200_000]]);
        var answer = await ReadToEndAsync(socket);
        Assert.Equal([0xE0, (byte)ReasonCode.ProtocolError], [answer[0], answer[2]]);
    }

    [Fact]
    public async Task Close_ClientDoesNotCloseItsSide_IsCutAfterTheCloseTime()
    {
        await using var rig = await StartAsync();
        using var socket = await ConnectAsync(rig);
        await SendAsync(socket, [0xE0, 0]);
        Assert.Empty(await ReadToEndAsync(socket));
        await WaitUntilAsync(() => IsCut(socket));
    }

    [Fact]
    public async Task Close_OfAClientThatDoesNotRead_IsCut()
    {
        await using var rig = await StartAsync(new LimitsOptions { MaxOutputBytes = 100_000 });
        using var socket = await ConnectAsync(rig, receiveBufferBytes: 4_096);
        var connection = Assert.Single(Connections(rig));
        Fill(connection);
        connection.Close(ReasonCode.AdministrativeAction);
        await WaitUntilAsync(() => IsCut(socket));
    }

    /// <summary>While the last packet goes out, the client goes on: what it sends is read to nowhere, so that DISCONNECT arrives, and only for so long.</summary>
    [Fact]
    public async Task Close_DuringAFlood_DisconnectArrivesAndTheFloodIsCut()
    {
        await using var rig = await StartAsync();
        using var socket = await ConnectAsync(rig);
        using var broken = new CancellationTokenSource();
        Flood(socket, broken);
        await WaitUntilAsync(() => rig.Router.Published.Count > 0);
        Assert.Single(Connections(rig)).Close(ReasonCode.AdministrativeAction);
        var answer = await ReadToEndAsync(socket);
        await WaitUntilAsync(() => broken.IsCancellationRequested);
        Assert.Equal([0xE0, (byte)ReasonCode.AdministrativeAction], [answer[0], answer[2]]);
        await WaitUntilAsync(() => rig.Registry.Count == 0);
    }

    [Fact]
    public async Task Stop_OfTheHost_TellsEveryClientAndEndsAllSessions()
    {
        await using var rig = await StartAsync();
        using var socket = await ConnectAsync(rig);
        var stop = rig.StopAsync();
        var answer = await ReadToEndAsync(socket);
        Assert.Equal([0xE0, 1, (byte)ReasonCode.ServerShuttingDown], answer);
        socket.Close();
        await stop.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        Assert.Equal(new ConnectionEnd(ReasonCode.ServerShuttingDown, PublishWill: true), Assert.Single(rig.Control.Ends));
    }

    [Fact]
    public async Task Stop_ClientsThatDoNotRead_AreCutWhenTheTimeIsOver()
    {
        await using var rig = await StartAsync(new LimitsOptions { MaxOutputBytes = 100_000 });
        using var socket = await ConnectAsync(rig, receiveBufferBytes: 4_096);
        Fill(Assert.Single(Connections(rig)));
        await rig.StopAsync(new CancellationToken(canceled: true)).WaitAsync(Deadline, TestContext.Current.CancellationToken);
        await WaitUntilAsync(() => IsCut(socket));
    }

    /// <summary>Until the broker has cut it.</summary>
    private static void Flood(Socket socket, CancellationTokenSource broken)
    {
        var packets = Enumerable.Repeat(Wire.Publish(ProtocolVersion.Mqtt5, "t", payload: new string('x', 1_000)), 30).SelectMany(packet => packet).ToArray();
        var thread = new Thread(() =>
        {
            try
            {
                while (true)
                    socket.Send(packets);
            }
            catch (SocketException)
            {
                broken.Cancel();
            }
        });
        thread.Start();
    }
}
