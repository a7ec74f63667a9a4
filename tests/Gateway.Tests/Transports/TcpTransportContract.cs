using System.Net;
using System.Net.Sockets;
using OrleansBroker.Broker.Options;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Gateway.Connections;
using OrleansBroker.Gateway.Tests.Connections;
using OrleansBroker.Mqtt.Codec;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Gateway.Tests.Transports;

/// <summary>What every transport of TCP does, a file for each subject. Real sockets. Nothing here waits for a time; the deadline of each read only ends a test that has failed.</summary>
public abstract partial class TcpTransportContract
{
    internal static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private protected abstract bool UsesEpoll { get; }

    private protected Task<TransportRig> StartAsync(LimitsOptions? limits = null, TimingOptions? timing = null, IPAddress? address = null) =>
        TransportRig.StartAsync(UsesEpoll, limits, timing, address);

    internal static async Task<Socket> ConnectAsync(TransportRig rig, int receiveBufferBytes = 0, ProtocolVersion version = ProtocolVersion.Mqtt5, IPAddress? from = null)
    {
        var socket = await rig.OpenAsync(receiveBufferBytes, from);
        await SendAsync(socket, ConnectBytes(version));
        var header = await ReadAsync(socket, 2);
        Assert.Equal(0x20, header[0]);
        await ReadAsync(socket, header[1]);
        return socket;
    }

    internal static byte[] ConnectBytes(ProtocolVersion version = ProtocolVersion.Mqtt5) =>
        BytesOf(new ConnectPacket { Version = version, ClientId = "device", CleanStart = true }, version);

    internal static byte[] BytesOf(ControlPacket packet, ProtocolVersion version)
    {
        var bytes = new byte[PacketEncoder.Measure(packet, version)];
        PacketEncoder.Write(bytes, packet, version);
        return bytes;
    }

    private static IEnumerable<Connection> Connections(TransportRig rig)
    {
        Assert.True(rig.Registry.TryGet(1, out var connection));
        yield return (Connection)connection;
    }

    private static void Fill(Connection connection)
    {
        var message = Wire.Message("t", new string('x', 50_000));
        while (connection.Publish(Wire.Outbound(message)) == SendOutcome.Sent)
        {
        }
    }

    internal static async Task SendAsync(Socket socket, byte[] bytes)
    {
        for (var sent = 0; sent < bytes.Length;)
            sent += await socket.SendAsync(bytes.AsMemory(sent), TestContext.Current.CancellationToken);
    }

    internal static async Task<byte[]> ReadAsync(Socket socket, int length)
    {
        var bytes = new byte[length];
        for (var read = 0; read < length;)
        {
            var received = await socket.ReceiveAsync(bytes.AsMemory(read), TestContext.Current.CancellationToken).AsTask().WaitAsync(Deadline);
            Assert.NotEqual(0, received);
            read += received;
        }

        return bytes;
    }

    internal static async Task<byte[]> ReadToEndAsync(Socket socket)
    {
        var all = new MemoryStream();
        var buffer = new byte[4_096];
        while (await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken).AsTask().WaitAsync(Deadline) is var received and > 0)
            all.Write(buffer, 0, received);
        return all.ToArray();
    }

    /// <summary>A send after the server has closed its socket is answered with a reset, the next one fails.</summary>
    internal static bool IsCut(Socket socket)
    {
        try
        {
            socket.Send([0]);
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    internal static async Task WaitUntilAsync(Func<bool> condition)
    {
        var end = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(end) < Deadline, "it never happened");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
